import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { run } from "../src/proc/run.ts";
import { makeContexts } from "./lab/images.ts";

const lab = join(import.meta.dirname, "lab");
const vitest = join(import.meta.dirname, "../../../node_modules/vitest/vitest.mjs");
const programs = {
  podman: ["/usr/bin/podman", "/usr/lib/cni/bridge"],
  docker: ["/usr/sbin/dockerd", "/usr/sbin/iptables"],
};
/** `bootstrap --tests` installs the engines; the machine needs root and control groups of the first version. */
const hasMachines = process.getuid?.() === 0 && existsSync("/sys/fs/cgroup/memory");

/** Three machines at once on few processors. */
const patienceMs = 600_000;

/** The whole server with a real engine, in a machine of its own: an engine changes the network of the one it runs on. */
describe.concurrent.each(["podman", "docker"] as const)("%s", { timeout: patienceMs }, (engine) => {
  const isThere = hasMachines && programs[engine].every((file) => existsSync(file));

  it.skipIf(!isThere)("builds and runs the images of apps", () => inMachine(engine, "docker.lab"));

  // What an engine decides is in the test above; the laws are about what is common to all builders.
  it.skipIf(!isThere || engine === "docker")(
    "keeps the laws that nix and local builds keep",
    async () => {
      const { dir, languages, remove } = await makeContexts();
      try {
        await inMachine(engine, "conformance.lab", [
          `HOP3_LAB_CONTEXTS=${dir}`,
          `HOP3_LAB_LANGUAGES=${languages}`,
        ]);
      } finally {
        await remove();
      }
    },
  );
});

async function inMachine(
  engine: string,
  file: string,
  more: readonly string[] = [],
): Promise<void> {
  const path = process.env["PATH"] ?? "";
  const cache = process.env["NODE_COMPILE_CACHE"] ?? "";
  const variables = [
    ...[`PATH=${path}`, `HOP3_LAB_ENGINE=${engine}`, `NODE_COMPILE_CACHE=${cache}`],
    ...["HOME=/root", "CI=true", ...more],
  ];
  const test = [process.execPath, vitest, "run", "--config", join(lab, "vitest.config.ts"), file];
  const apart = ["-m", "-p", "-f", "--kill-child", "--propagation", "private", "--mount-proc"];
  const machine = join(lab, "machine.sh");
  const result = await run({
    argv: ["unshare", ...apart, machine, "env", "NO_COLOR=1", ...variables, ...test],
    env: { PATH: path },
    timeoutMs: patienceMs - 10_000,
  });
  expect(result.exitCode, `${result.stdout}\n${result.stderr}`).toBe(0);
}
