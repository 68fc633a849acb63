import { machineOf, type Target } from "../target.ts";

/** Lower is better; undefined where a gem of this platform does not run on the target. */
export function rankGemPlatform(platform: string, target: Target): number | undefined {
  if (platform === "ruby") return 10;
  if (target.os !== "linux") return undefined;
  const machine = machineOf(target);
  const libc = target.libc === "glibc" ? "gnu" : "musl";
  if (platform === `${machine}-linux-${libc}`) return 0;
  // A bare `-linux` is built for glibc.
  return platform === `${machine}-linux` && libc === "gnu" ? 1 : undefined;
}
