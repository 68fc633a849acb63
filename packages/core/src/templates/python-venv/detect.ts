import type { Detection, DetectQuestion } from "../template.ts";

export function detectPythonVenv({ tree, loaded }: DetectQuestion): Detection {
  if (!tree.has("requirements.txt")) return { fits: false, reason: "no requirements.txt" };
  const hasCommand =
    tree.has("Procfile") ||
    loaded.config.run?.start !== undefined ||
    loaded.config.run?.workers?.["web"] !== undefined;
  if (hasCommand) return { fits: true, reason: "found requirements.txt" };
  return { fits: false, reason: "found requirements.txt, but nothing says what to run" };
}
