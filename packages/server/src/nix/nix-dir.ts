import { existsSync } from "node:fs";
import { join } from "node:path";

/**
 * The Nix code that ships with the program: beside `dist/` in an installed package, at the top of the repository in a
 * checkout.
 */
export function findNixDir(): string {
  const here = import.meta.dirname;
  const candidates = [join(here, "../../nix"), join(here, "../../../../nix")];
  const found = candidates.find((dir) => existsSync(join(dir, "release.nix")));
  if (found === undefined) throw new Error(`no Nix code beside ${here}`);
  return found;
}
