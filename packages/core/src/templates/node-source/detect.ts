import { z } from "zod";
import type { Detection, DetectQuestion } from "../template.ts";

/** In the order in which they are looked for. */
export const nodeLocks = [
  "npm-shrinkwrap.json",
  "package-lock.json",
  "pnpm-lock.yaml",
  "yarn.lock",
] as const;

export function detectNodeSource(question: DetectQuestion): Detection {
  const { tree } = question;
  if (!tree.has("package.json")) return { fits: false, reason: "no package.json" };
  const lock = nodeLocks.find((file) => tree.has(file));
  if (lock !== undefined && !saysWhatToStart(question)) {
    // Such a package.json often builds the pages of another app: it makes nobody's choice hard.
    return { fits: false, reason: `found package.json and ${lock}, but no start script` };
  }
  if (lock !== undefined) return { fits: true, reason: `found package.json and ${lock}` };
  const names = "package-lock.json, pnpm-lock.yaml or yarn.lock";
  return { fits: false, reason: `found package.json, but no ${names} beside it` };
}

function saysWhatToStart({ loaded, procfile, texts }: DetectQuestion): boolean {
  const { run, nix } = loaded.config;
  const isNamed =
    nix?.["exec-target"] !== undefined ||
    run?.start !== undefined ||
    run?.workers?.["web"] !== undefined ||
    procfile?.workers["web"] !== undefined;
  const text = texts?.get("package.json");
  return isNamed || text === undefined || hasStartScript(text);
}

const Manifest = z.object({ scripts: z.record(z.string(), z.string()).default({}) });

/** A text that is no manifest is left to whoever reads it for good, with its place. */
function hasStartScript(text: string): boolean {
  try {
    const parsed = Manifest.safeParse(JSON.parse(text));
    return !parsed.success || parsed.data.scripts["start"] !== undefined;
  } catch {
    return true;
  }
}
