import type { Detection, DetectQuestion } from "../template.ts";

/** Where sites lie, the likeliest first. */
const roots = ["", "public", "site", "www", "dist", "_site"] as const;

/** Files that say that a directory is more than pages. */
const programs = [
  "package.json",
  "requirements.txt",
  "pyproject.toml",
  "setup.py",
  "composer.json",
  "index.php",
  "Gemfile",
  "go.mod",
  "Cargo.toml",
  "pom.xml",
  "build.gradle",
  "build.gradle.kts",
  "Dockerfile",
  "Procfile",
];

/** The directory that holds index.html. */
export function siteRoot({ tree }: Pick<DetectQuestion, "tree">): string | undefined {
  return roots.find((root) => tree.has(root === "" ? "index.html" : `${root}/index.html`));
}

export function detectStaticSite(question: DetectQuestion): Detection {
  const { tree } = question;
  const root = siteRoot(question);
  if (root === undefined) return { fits: false, reason: "no index.html" };
  const program = programs.find((file) => tree.has(file));
  const file = root === "" ? "index.html" : `${root}/index.html`;
  if (program === undefined) return { fits: true, reason: `found ${file} and no program` };
  return { fits: false, reason: `found ${file}, but ${program} says that there is more` };
}
