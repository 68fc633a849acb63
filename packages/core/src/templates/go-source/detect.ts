import type { SourceTree } from "../../source/tree.ts";
import type { AppSpec, Detection, DetectQuestion } from "../template.ts";

/** go.mod with sources of a program beside it or in cmd. */
export function detectGoSource({ tree }: DetectQuestion): Detection {
  if (!tree.has("go.mod")) return { fits: false, reason: "no go.mod" };
  const [source] = programSources(tree);
  if (source !== undefined) return { fits: true, reason: `found go.mod and ${source}` };
  return { fits: false, reason: "found go.mod, but no Go file beside it or in cmd" };
}

/** Files that may hold `package main`: those at the root, and those of cmd/<name>. */
export function programSources(tree: SourceTree): readonly string[] {
  return tree
    .paths()
    .map(({ path }) => path)
    .filter((path) => /^(?:cmd\/(?:[^/]+\/)?)?[^/]+\.go$/.test(path) && !path.endsWith("_test.go"));
}

/** An app of its own archive is not looked into: its sources are not here. */
export function goReads({ section, tree }: Pick<AppSpec, "section" | "tree">): readonly string[] {
  const locks = ["go.mod", "go.sum", "hop3.lock"];
  return section.url === undefined ? [...locks, ...programSources(tree)] : locks;
}
