import type { Detection, DetectQuestion } from "../template.ts";
import { findServer } from "./servers.ts";

/** Names of a Gemfile and of its lockfile. */
export const gemfiles = [
  { manifest: "Gemfile", lockfile: "Gemfile.lock" },
  { manifest: "gems.rb", lockfile: "gems.locked" },
] as const;

export function detectRubyBundler(question: DetectQuestion): Detection {
  const { tree, texts } = question;
  const pair = gemfiles.find(({ manifest }) => tree.has(manifest));
  if (pair === undefined) return { fits: false, reason: "no Gemfile" };
  const { manifest, lockfile } = pair;
  if (!tree.has(lockfile)) {
    return { fits: false, reason: `found ${manifest}, but no ${lockfile} beside it` };
  }
  if (hasCommand(question)) return { fits: true, reason: `found ${manifest} and ${lockfile}` };
  const text = texts?.get(lockfile);
  const isLocked = (name: string) => text === undefined || text.includes(`    ${name} (`);
  const server = tree.has("config.ru") ? findServer(isLocked) : undefined;
  if (server === undefined) {
    return { fits: false, reason: `found ${lockfile}, but nothing says what to run` };
  }
  return { fits: true, reason: `found ${lockfile}, config.ru and ${server.gem}` };
}

function hasCommand({ loaded: { config }, procfile }: DetectQuestion): boolean {
  const { start, workers = {} } = config.run ?? {};
  return (
    start !== undefined ||
    workers["web"] !== undefined ||
    config.nix?.["exec-target"] !== undefined ||
    procfile?.workers["web"] !== undefined
  );
}
