// npm run bench [-- NAME...]: each figure as one line of JSON; exit 1 where one does not reach what it should.
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type BenchContext,
  measureChange,
  measureManyApps,
  measureRouter,
  measureUnchanged,
  measureVersion,
} from "./bench/figures.ts";
import type { Figure } from "./bench/measure.ts";
import { startPlatform } from "./bench/platform.ts";
import { untilStopped } from "./demo/stop-signal.ts";

const figures: Readonly<Record<string, (context: BenchContext) => Promise<Figure[]>>> = {
  version: measureVersion,
  unchanged: measureUnchanged,
  change: measureChange,
  router: measureRouter,
  apps: measureManyApps,
};

async function main(names: readonly string[]): Promise<number> {
  const wanted = Object.entries(figures).filter(
    ([name]) => names.length === 0 || names.includes(name),
  );
  if (wanted.length === 0) {
    process.stderr.write(`no such figure; known: ${Object.keys(figures).join(" ")}\n`);
    return 2;
  }
  const directory = await mkdtemp(join(tmpdir(), "hop3-bench-"));
  // Apps have users of their own, who have to pass through.
  await chmod(directory, 0o711);
  // Twice: the first start of a fresh checkout locks the packages and fills Node's compile cache.
  await (await startPlatform(join(directory, "home"))).server.stop();
  const platform = await startPlatform(join(directory, "home"));
  let allGood = true;
  try {
    for (const [, measure] of wanted) {
      for (const figure of await untilStopped(measure({ platform, directory }))) {
        process.stdout.write(`${JSON.stringify(figure)}\n`);
        allGood &&= figure.ok;
      }
    }
  } finally {
    await platform.server.stop();
    await rm(directory, { recursive: true, force: true });
  }
  return allGood ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
