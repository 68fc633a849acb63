import type { DetectQuestion } from "../templates/template.ts";

/** Whether a LanguageToolchain would take a tree, and why. */
export interface ToolchainDetection {
  readonly fits: boolean;
  readonly reason: string;
  /** Only makes files for an app in another language, where there is one. */
  readonly isAssets?: boolean;
}

/** What a Plan knows of a LanguageToolchain. Building is the server's part. */
export interface ToolchainDetector {
  readonly name: string;
  detect(question: DetectQuestion): ToolchainDetection;
}

/** Fits where one of these is in the root of the app. */
export function detectFiles(
  { tree }: DetectQuestion,
  files: readonly string[],
): ToolchainDetection {
  const found = files.find((file) => tree.has(file));
  if (found !== undefined) return { fits: true, reason: `found ${found}` };
  return { fits: false, reason: `no ${files.join(", ")}` };
}
