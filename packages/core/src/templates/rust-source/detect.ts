import type { SourceTree } from "../../source/tree.ts";
import type { Detection, DetectQuestion } from "../template.ts";

/** Cargo.toml with the sources of a program, and the lockfile that pins its crates. */
export function detectRustSource({ tree }: DetectQuestion): Detection {
  if (!tree.has("Cargo.toml")) return { fits: false, reason: "no Cargo.toml" };
  if (!tree.has("Cargo.lock")) {
    return { fits: false, reason: "found Cargo.toml, but no Cargo.lock beside it" };
  }
  const [source] = programSources(tree);
  if (source !== undefined) return { fits: true, reason: `found Cargo.lock and ${source}` };
  return { fits: false, reason: "found Cargo.toml, but no src/main.rs and nothing in src/bin" };
}

/** Files that cargo makes programs of, in the package at the root and in members of a workspace. */
export function programSources(tree: SourceTree): readonly string[] {
  return tree
    .paths()
    .map(({ path }) => path)
    .filter((path) => /^(?:.+\/)?src\/(?:main\.rs|bin\/[^/]+(?:\.rs|\/main\.rs))$/.test(path));
}
