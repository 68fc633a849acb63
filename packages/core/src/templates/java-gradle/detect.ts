import { isGradleLockfile } from "../../lockfiles/maven/gradle-lockfile.ts";
import type { SourceTree } from "../../source/tree.ts";
import type { AppSpec, Detection, DetectQuestion } from "../template.ts";

const buildScript = /(?:^|\/)build\.gradle(?:\.kts)?$/;
const rootScripts = [
  "build.gradle",
  "build.gradle.kts",
  "settings.gradle",
  "settings.gradle.kts",
] as const;

/** Files that pin what Gradle downloads, best first. */
const gradlePins = ["gradle/verification-metadata.xml", "deps.json"] as const;
export const wrapperFile = "gradle/wrapper/gradle-wrapper.properties";

export function detectJavaGradle({ tree }: DetectQuestion): Detection {
  const script = rootScripts.find((file) => tree.has(file));
  if (script === undefined) return { fits: false, reason: "no build.gradle" };
  const pin = gradlePins.find((file) => tree.has(file)) ?? lockfilesOf(tree)[0];
  return { fits: true, reason: `found ${script}${pin === undefined ? "" : ` and ${pin}`}` };
}

export function gradleReads({ tree }: Pick<AppSpec, "tree">): readonly string[] {
  const scripts = tree.paths().flatMap(({ path }) => (buildScript.test(path) ? [path] : []));
  const fixed = [...rootScripts, ...gradlePins, wrapperFile, "hop3.lock"];
  return [...new Set([...fixed, ...scripts, ...lockfilesOf(tree)])];
}

function lockfilesOf(tree: SourceTree): readonly string[] {
  return tree.paths().flatMap(({ path }) => (isGradleLockfile(path) ? [path] : []));
}

/** A build script that takes something from a repository: a module, one of a catalogue, or a plugin with a version. */
export function scriptWithDependency(files: ReadonlyMap<string, string>): string | undefined {
  const found = [...files].find(
    ([file, text]) =>
      /\.gradle(?:\.kts)?$/.test(file) &&
      /["'][\w.-]+:[\w.-]+:[\w.+$[({-]|\bgroup\s*[:=]\s*["'][^"']*["']\s*,\s*name\s*[:=]|\blibs\.|\bid\s*\(?\s*["'][\w.-]+["']\s*\)?\s+version\b/.test(
        text,
      ),
  );
  return found?.[0];
}
