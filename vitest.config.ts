import { homedir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./scripts/test-order.ts";

// What Node has compiled stays for the next process: a server starts in a third of the time, and tests start hundreds.
process.env["NODE_COMPILE_CACHE"] ??= join(homedir(), ".cache/hop3-test/node");

const shared = {
  setupFiles: ["scripts/test-setup.ts"],
  pool: "forks" as const,
  // Sources import each other's sources, also in the programs that a test starts with this Node.
  execArgv: ["--conditions=hop3-source", "--disable-warning=ExperimentalWarning"],
};
/** A build may have to fetch and compile a whole language first, and a page may wait for it. */
const whole = {
  testTimeout: 300_000,
  hookTimeout: 600_000,
  expect: { poll: { timeout: 60_000 } },
};
/** Load, starts and stops measured against a clock; machines over a view of this one, which nothing may change meanwhile. */
const timed = [
  "packages/server/test/load*.real.test.ts",
  "packages/server/test/docker.real.test.ts",
  "packages/server/src/run/*.real.test.ts",
  "packages/server/src/route/*.real.test.ts",
];
/** Much of such a test is waiting, for builds and starts: with two cores three files keep both busy. */
const sideBySide = { maxWorkers: 3, sequence: { groupOrder: 1 } };
const skipped = ["**/node_modules/**", "**/dist/**", "**/.node/**"];

export default defineConfig({
  resolve: { conditions: ["hop3-source", "node", "import", "default"] },
  ssr: { resolve: { conditions: ["hop3-source", "node", "import", "default"] } },
  test: {
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          ...shared,
          name: "unit",
          include: ["packages/**/*.test.ts", "scripts/**/*.test.ts"],
          exclude: [...skipped, "**/*.real.test.ts", "**/*.browser.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          expect: { poll: { timeout: 20_000 } },
          // Half of their time would be loading the same modules again for each file.
          isolate: false,
          ...sideBySide,
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          ...whole,
          // Whole servers with real Nix, s6 and haproxy, each with a home and ports of its own.
          name: "real",
          include: ["packages/**/*.real.test.ts", "scripts/**/*.real.test.ts"],
          exclude: [...skipped, ...timed],
          ...sideBySide,
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          ...whole,
          // One file at a time, with the machine to itself: they watch what happens while something else does.
          name: "alone",
          include: timed,
          exclude: skipped,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          ...whole,
          // A browser on a whole server; it leaves screenshots in packages/web/dist/screenshots.
          name: "browser",
          include: ["packages/web/test/**/*.browser.test.ts"],
          exclude: skipped,
          ...sideBySide,
        },
      },
    ],
  },
});
