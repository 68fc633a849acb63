import type { Detection, DetectQuestion } from "../template.ts";

export function detectPhpApp({ tree }: DetectQuestion): Detection {
  const index = ["index.php", "public/index.php"].find((file) => tree.has(file));
  if (index === undefined) return { fits: false, reason: "no index.php" };
  if (tree.has("composer.json") && !tree.has("vendor/autoload.php")) {
    return { fits: false, reason: `found ${index}, but composer.json has no vendor directory` };
  }
  return { fits: true, reason: `found ${index}` };
}

export function documentRoot({ tree }: Pick<DetectQuestion, "tree">): string {
  return !tree.has("index.php") && tree.has("public/index.php") ? "public" : "";
}
