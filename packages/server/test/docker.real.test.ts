import { join } from "node:path";
import { expect, it } from "vitest";
import { run } from "../src/proc/run.ts";

const lab = join(import.meta.dirname, "lab");
const vitest = join(import.meta.dirname, "../../../node_modules/vitest/vitest.mjs");

/** The whole server with a real engine, in a machine of its own: an engine changes the network of the one it runs on. */
it.each(["podman", "docker"])("builds and runs images with %s", async (engine) => {
  const test = [process.execPath, vitest, "run", "--config", join(lab, "vitest.config.ts")];
  const path = process.env["PATH"] ?? "";
  const inside = [
    "/usr/bin/env",
    `PATH=${path}`,
    `HOP3_LAB_ENGINE=${engine}`,
    "HOME=/root",
    "CI=true",
    "NO_COLOR=1",
  ];
  const apart = ["-m", "-p", "-f", "--kill-child", "--propagation", "private", "--mount-proc"];
  const result = await run({
    argv: ["unshare", ...apart, join(lab, "machine.sh"), ...inside, ...test],
    env: { PATH: path },
    timeoutMs: 280_000,
  });
  expect(result.exitCode, `${result.stdout}\n${result.stderr}`).toBe(0);
});
