import type { Detection, DetectQuestion } from "../template.ts";

export const nodeLocks = ["npm-shrinkwrap.json", "package-lock.json"] as const;

export function detectNodeSource({ tree }: DetectQuestion): Detection {
  if (!tree.has("package.json")) return { fits: false, reason: "no package.json" };
  const lock = nodeLocks.find((file) => tree.has(file));
  if (lock !== undefined) return { fits: true, reason: `found package.json and ${lock}` };
  return { fits: false, reason: "found package.json, but no package-lock.json beside it" };
}
