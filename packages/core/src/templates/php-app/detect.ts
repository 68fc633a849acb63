import type { Detection, DetectQuestion } from "../template.ts";

/** Without a manifest of another language, index.php says enough. */
export function detectPhpApp({ tree }: DetectQuestion): Detection {
  const other = ["package.json", "requirements.txt", "pyproject.toml", "Gemfile", "go.mod"].find(
    (file) => tree.has(file),
  );
  const index = ["index.php", "public/index.php"].find((file) => tree.has(file));
  if (index === undefined) return { fits: false, reason: "no index.php" };
  if (tree.has("composer.json") && !tree.has("vendor/autoload.php")) {
    return { fits: false, reason: `found ${index}, but composer.json has no vendor directory` };
  }
  if (other === undefined) return { fits: true, reason: `found ${index}` };
  return { fits: false, reason: `found ${index}, but also ${other}` };
}

export function documentRoot({ tree }: Pick<DetectQuestion, "tree">): string {
  return !tree.has("index.php") && tree.has("public/index.php") ? "public" : "";
}
