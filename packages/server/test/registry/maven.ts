import { readFile } from "node:fs/promises";
import { join, normalize } from "node:path";
import type { RegistryProtocol } from "./registry.ts";

/** A Maven repository over real ones in directories: Debian's packages of Java each bring a share/maven-repo. */
export function mavenRegistry(repositories: readonly string[]): RegistryProtocol {
  return {
    prefix: "maven",
    async answer(path) {
      for (const repository of repositories) {
        const file = join(repository, normalize(`/${decodeURIComponent(path)}`));
        const content = await readFile(file).catch(() => undefined);
        if (content !== undefined) return content;
      }
      return undefined;
    },
  };
}
