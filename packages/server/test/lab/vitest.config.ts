import { resolve } from "node:path";
import { defineConfig } from "vitest/config";

const conditions = ["hop3-source", "node", "import", "default"];

/** Tests that run inside of a machine of their own: `machine.sh` makes it, `docker.real.test.ts` starts it. */
export default defineConfig({
  root: resolve(import.meta.dirname, "../../../.."),
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["packages/server/test/lab/*.lab.ts"],
    setupFiles: ["scripts/test-setup.ts"],
    pool: "forks",
    execArgv: ["--conditions=hop3-source", "--disable-warning=ExperimentalWarning"],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 300_000,
  },
});
