import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { run } from "../../packages/server/src/proc/run.ts";
import { commandsNotRun } from "./not-run.ts";

const repository = join(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(repository, path), "utf8");

/** `npm run demo -- --once` of every line of .ci/run that is a step. */
const steps = [...read(".ci/run").matchAll(/^step .*\bnpm run --silent (.+)$/gm)].map(
  ([, script = ""]) => `npm run ${script}`,
);

describe("what the documentation's test leaves to others", () => {
  it.each(commandsNotRun.filter(({ reason }) => reason === "whole"))(
    "is executed by .ci/run: $command",
    ({ command }) => {
      const script = command.trim().replace(/^npm test/, "npm run test");
      // Without an option the demo runs until Ctrl-C.
      expect(steps.map((step) => step.replace(/ -- --once$/, ""))).toContain(
        script.replace(/ -- --once$/, ""),
      );
    },
  );

  it("names every figure that can be measured", async () => {
    const bench = join(repository, "scripts/bench.ts");
    const argv = [process.execPath, "--conditions=hop3-source", bench, "none"] as const;
    const { stderr } = await run({ argv, cwd: repository });
    const known = /known: (.*)/.exec(stderr)?.[1]?.split(" ") ?? [];
    const [, named = ""] = /one of: ([^.`]*?)\n```/s.exec(read("docs/benchmarks.md")) ?? [];
    expect(known.length).toBeGreaterThan(10);
    expect(named.replaceAll(/[\s#]+/g, " ").split(/, ?/)).toEqual(expect.arrayContaining(known));
  });
});
