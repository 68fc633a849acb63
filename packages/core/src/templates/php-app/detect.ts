import type { Detection, DetectQuestion } from "../template.ts";
import { usesComposer } from "./composer.ts";

/** Directories that hold the files of a request, in the order in which they are looked for. */
const roots = ["", "public", "web"] as const;

function rootOf({ tree }: Pick<DetectQuestion, "tree">): string | undefined {
  return roots.find((root) => tree.has(root === "" ? "index.php" : `${root}/index.php`));
}

export function detectPhpApp({ tree }: DetectQuestion): Detection {
  const root = rootOf({ tree });
  if (root === undefined) return { fits: false, reason: "no index.php" };
  const index = root === "" ? "index.php" : `${root}/index.php`;
  if (!usesComposer(tree)) return { fits: true, reason: `found ${index}` };
  if (tree.has("composer.lock")) return { fits: true, reason: `found ${index} and composer.lock` };
  const reason = `found ${index} and composer.json, but neither composer.lock nor vendor/`;
  return { fits: false, reason };
}

export function documentRoot(question: Pick<DetectQuestion, "tree">): string {
  return rootOf(question) ?? "";
}
