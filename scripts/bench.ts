// npm run bench [-- NAME...]: each figure as one line of JSON; exit 1 where one does not reach what it should.
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { measureEvents } from "./bench/events.ts";
import {
  type BenchContext,
  measureChange,
  measureManyApps,
  measureRouter,
  measureUnchanged,
  measureVersion,
} from "./bench/figures.ts";
import { measureFollow } from "./bench/follow.ts";
import { measureGenerate } from "./bench/generate.ts";
import { measureLocal, measureLocalChange } from "./bench/local.ts";
import type { Figure } from "./bench/measure.ts";
import { measureNode } from "./bench/node.ts";
import { startPlatform } from "./bench/platform.ts";
import { measurePlugins } from "./bench/plugins.ts";
import { measurePush } from "./bench/push.ts";
import { measureUpload } from "./bench/upload.ts";
import { measureWeb } from "./bench/web.ts";
import { untilStopped } from "./demo/stop-signal.ts";

/** Figures of pure code: nothing is started for them. */
const inProcess: Readonly<Record<string, () => Promise<Figure[]>>> = {
  generate: measureGenerate,
};

const onPlatform: Readonly<Record<string, (context: BenchContext) => Promise<Figure[]>>> = {
  version: measureVersion,
  unchanged: measureUnchanged,
  change: measureChange,
  router: measureRouter,
  apps: measureManyApps,
  node: measureNode,
  push: measurePush,
  events: measureEvents,
  follow: measureFollow,
  local: measureLocal,
  "local-change": measureLocalChange,
  plugins: measurePlugins,
  upload: measureUpload,
  web: measureWeb,
};

async function main(names: readonly string[]): Promise<number> {
  const known = [...Object.keys(inProcess), ...Object.keys(onPlatform)];
  const isWanted = ([name]: readonly [string, unknown]) =>
    names.length === 0 || names.includes(name);
  if (!known.some((name) => isWanted([name, undefined]))) {
    process.stderr.write(`no such figure; known: ${known.join(" ")}\n`);
    return 2;
  }
  const alone = Object.entries(inProcess).filter(isWanted);
  const wanted = Object.entries(onPlatform).filter(isWanted);
  let allGood = true;
  for (const [, measure] of alone) allGood = report(await measure()) && allGood;
  if (wanted.length > 0) allGood = (await measureOnPlatform(wanted)) && allGood;
  return allGood ? 0 : 1;
}

function report(found: readonly Figure[]): boolean {
  for (const figure of found) process.stdout.write(`${JSON.stringify(figure)}\n`);
  return found.every(({ ok }) => ok);
}

async function measureOnPlatform(
  wanted: readonly (readonly [string, (context: BenchContext) => Promise<Figure[]>])[],
): Promise<boolean> {
  const directory = await mkdtemp(join(tmpdir(), "hop3-bench-"));
  // Apps have users of their own, who have to pass through.
  await chmod(directory, 0o711);
  // Twice: the first start of a fresh checkout locks the packages and fills Node's compile cache.
  await (await startPlatform(join(directory, "home"))).server.stop();
  const platform = await startPlatform(join(directory, "home"));
  let allGood = true;
  try {
    for (const [, measure] of wanted) {
      allGood = report(await untilStopped(measure({ platform, directory }))) && allGood;
    }
  } finally {
    await platform.server.stop();
    await rm(directory, { recursive: true, force: true });
  }
  return allGood;
}

process.exitCode = await main(process.argv.slice(2));
