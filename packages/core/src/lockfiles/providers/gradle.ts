import type { HashProvider } from "../hash-provider.ts";
import { lockKey, type MissingHash, type WantedFile } from "../hop3-lock.ts";
import { isGradleLockfile, readGradleLockfile } from "../maven/gradle-lockfile.ts";
import { type MavenModule, moduleDirectory } from "../maven/maven-file.ts";
import { pomReferences } from "../maven/pom.ts";

/** Files of Gradle that pin every file themselves. */
const pinned = ["gradle/verification-metadata.xml", "deps.json"] as const;

/** Modules of gradle.lockfile; which other POMs they refer to is known when they are there. */
export const hashesOfGradle: HashProvider = {
  name: "gradle",
  reads: (tree) =>
    pinned.some((file) => tree.has(file))
      ? []
      : tree.paths().flatMap(({ path }) => (isGradleLockfile(path) ? [path] : [])),
  missing: ({ files }) =>
    [...files]
      .flatMap(([file, text]) => readGradleLockfile({ file, text }))
      .map((module) => missingModule(module, ["jar", "module"])),
};

/** The POMs without which this one says nothing; they count as files of the module that asks for them. */
export function pomFiles(text: string): readonly WantedFile[] {
  return pomReferences(text).flatMap((module) => missingModule(module, []).files);
}

/** A module has a POM; whether it has more, only the repository knows. */
function missingModule(module: MavenModule, others: readonly string[]): MissingHash {
  const directory = moduleDirectory(module);
  if (directory === undefined) throw new Error(`${module.name} was checked when it was read`);
  const { group, name, version } = module;
  const file = (extension: string) => `${name}-${version}.${extension}`;
  const describe = (extension: string) => ({
    file: file(extension),
    path: `${directory}/${file(extension)}`,
  });
  return {
    key: lockKey("maven", { name: `${group}:${name}`, version }),
    registry: "maven",
    files: [
      describe("pom"),
      ...others.map((extension) => ({ ...describe(extension), isOptional: true })),
    ],
  };
}
