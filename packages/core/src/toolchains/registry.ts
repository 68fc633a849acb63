import { z } from "zod";
import { findWars } from "../templates/java-war/detect.ts";
import type { DetectQuestion } from "../templates/template.ts";
import { detectFiles, type ToolchainDetection, type ToolchainDetector } from "./toolchain.ts";

const python: ToolchainDetector = {
  name: "python",
  detect: (question) =>
    detectFiles(question, [
      "uv.lock",
      "poetry.lock",
      "requirements.txt",
      "pyproject.toml",
      "setup.py",
    ]),
};

const node: ToolchainDetector = {
  name: "node",
  detect(question) {
    const found = detectFiles(question, ["package.json"]);
    return found.fits ? { ...found, isAssets: !hasStart(question) } : found;
  },
};

const Manifest = z.object({ scripts: z.record(z.string(), z.unknown()).optional() });

/** Without a start script it can still be an app; beside another language it then makes files for that. */
function hasStart({ texts }: DetectQuestion): boolean {
  const text = texts?.get("package.json");
  if (text === undefined) return false;
  try {
    const manifest = Manifest.safeParse(JSON.parse(text));
    return manifest.data?.scripts?.["start"] !== undefined;
  } catch {
    return false;
  }
}

const ruby: ToolchainDetector = {
  name: "ruby",
  detect: (question) => detectFiles(question, ["Gemfile.lock", "Gemfile", "config.ru"]),
};

const php: ToolchainDetector = {
  name: "php",
  detect: (question) =>
    detectFiles(question, ["composer.json", "index.php", "public/index.php", "web/index.php"]),
};

const go: ToolchainDetector = {
  name: "go",
  detect: (question) => detectFiles(question, ["go.mod"]),
};

const rust: ToolchainDetector = {
  name: "rust",
  detect: (question) => detectFiles(question, ["Cargo.toml"]),
};

const java: ToolchainDetector = {
  name: "java",
  detect(question) {
    const found = detectFiles(question, [
      "pom.xml",
      "build.gradle",
      "build.gradle.kts",
      "settings.gradle",
      "settings.gradle.kts",
    ]);
    if (found.fits) return found;
    const [war] = findWars(question.tree);
    if (war !== undefined) return { fits: true, reason: `found ${war}` };
    return { fits: false, reason: `${found.reason}, no .war` };
  },
};

const staticFiles: ToolchainDetector = {
  name: "static",
  detect(question): ToolchainDetection {
    const found = detectFiles(question, ["index.html", "public/index.html", "dist/index.html"]);
    const { method, builder = method } = question.loaded.config.build ?? {};
    if (found.fits && builder !== "local" && question.tree.has("Dockerfile")) {
      return { fits: false, reason: `${found.reason}, but Dockerfile says that there is more` };
    }
    return { ...found, isAssets: true };
  },
};

/** Every toolchain built in, in the order in which they are shown; building is in the server's toolchains/. */
export const toolchainDetectors: readonly ToolchainDetector[] = [
  python,
  ruby,
  php,
  go,
  rust,
  java,
  node,
  staticFiles,
];
