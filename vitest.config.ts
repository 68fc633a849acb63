import { defineConfig } from "vitest/config";

const shared = {
  setupFiles: ["scripts/test-setup.ts"],
  pool: "forks" as const,
  // Sources import each other's sources, also in the programs that a test starts with this Node.
  execArgv: ["--conditions=hop3-source", "--disable-warning=ExperimentalWarning"],
};
const skipped = ["**/node_modules/**", "**/dist/**", "**/.node/**"];

export default defineConfig({
  resolve: { conditions: ["hop3-source", "node", "import", "default"] },
  ssr: { resolve: { conditions: ["hop3-source", "node", "import", "default"] } },
  test: {
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          ...shared,
          name: "unit",
          include: ["packages/**/*.test.ts", "scripts/**/*.test.ts"],
          exclude: [...skipped, "**/*.real.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          // Whole servers with real Nix, s6 and haproxy: one file at a time, after the quick ones.
          name: "real",
          include: ["packages/**/*.real.test.ts", "scripts/**/*.real.test.ts"],
          exclude: skipped,
          testTimeout: 300_000,
          hookTimeout: 600_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
