// npm test [-- FILTER... or options of vitest]: every test of every package.
import { join } from "node:path";
import { parseCLI, startVitest, type Vitest } from "vitest/node";

interface Count {
  readonly passed: number;
  readonly failed: number;
}

/** A file that cannot be loaded and an error outside of any test count as one failure each. */
function countTests(vitest: Vitest): Count {
  let passed = 0;
  let failed = vitest.state.getUnhandledErrors().length;
  for (const module of vitest.state.getTestModules()) {
    const states = [...module.children.allTests()].map((test) => test.result().state);
    passed += states.filter((state) => state === "passed").length;
    const own = states.filter((state) => state === "failed").length;
    failed += own === 0 && module.state() === "failed" ? 1 : own;
  }
  return { passed, failed };
}

const { filter, options } = parseCLI(["vitest", "run", ...process.argv.slice(2)]);
const vitest = await startVitest(
  "test",
  filter,
  { ...options, watch: false, config: join(import.meta.dirname, "../vitest.config.ts") },
  { root: join(import.meta.dirname, "..") },
);
const { passed, failed } = countTests(vitest);
await vitest.close();
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
