import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { run } from "../../packages/server/src/proc/run.ts";
import { makeTestHome } from "../../packages/server/test/support/test-server.ts";
import { commandsNotRun } from "./not-run.ts";
import { readSteps } from "./page-script.ts";

const repository = join(import.meta.dirname, "../..");
const machine = join(repository, "packages/server/test/lab/machine.sh");
/** The machine needs root and control groups of the first version. */
const hasMachines = process.getuid?.() === 0 && existsSync("/sys/fs/cgroup/memory");

it.skipIf(!hasMachines)("systemd runs the server as guides/server.md has it", async () => {
  const steps = readSteps(readFileSync(join(repository, "docs/guides/server.md"), "utf8"));
  const unit = steps.find((step) => step.kind === "file" && step.path.endsWith("hop3.service"));
  const commands = commandsNotRun.filter(({ reason }) => reason === "machine");
  const home = await makeTestHome("unit");
  const apart = ["-m", "-p", "-f", "--kill-child", "--propagation", "private", "--mount-proc"];
  const path = process.env["PATH"] ?? "";
  // Its /tmp is its own: what it needs goes along as text, or lies elsewhere.
  const packages = join(process.env["HOME"] ?? "", ".cache/hop3-test/packages");
  const result = await run({
    argv: [
      ...(["unshare", ...apart, machine, "env", `PATH=${path}`] as const),
      join(import.meta.dirname, "unit.sh"),
      ...[repository, unit?.text ?? "", packages],
      ...commands.map(({ command }) => `${command} --no-pager`),
    ],
    env: { PATH: path },
    timeoutMs: 280_000,
  });
  rmSync(home, { recursive: true });
  expect(result.exitCode, `${result.stdout}\n${result.stderr}`).toBe(0);
  expect(result.stdout).toMatch(/<h1>Hello<\/h1>\nthe same process\n<h1>Hello<\/h1>\n$/);
});
