import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TimelineEvent } from "../../packages/core/src/index.ts";
import { hostEnvironment, run } from "../../packages/server/src/proc/run.ts";
import { timeOwnStart } from "./app-start.ts";
import type { BenchApp } from "./bench-apps.ts";
import type { BenchContext } from "./figures.ts";
import { type Figure, makeFigure, median, sample, summarize, timeOf } from "./measure.ts";
import type { BuiltRelease, Platform } from "./platform.ts";

const runs = 10;
const name = "bench-local";
const mostMs = 200;

/** The local builder's second build of the same Source, and the whole command around it. */
export async function measureLocal({ platform, directory }: BenchContext): Promise<Figure[]> {
  const app = await copyApp(directory);
  await platform.deploy(app);
  const times = await sample(runs, async () => {
    const whole = await timeOf(() => platform.deploy(app));
    return { whole, build: buildTime(await platform.timeline(name)) };
  });
  await platform.destroy(name);
  return [
    makeFigure(
      { figure: "local build of an unchanged app", unit: "ms" },
      { floor: mostMs, value: median(times.map(({ build }) => build)) },
      { atMost: 1 },
    ),
    makeFigure(
      { figure: "the whole deploy around it", unit: "ms" },
      { floor: mostMs, value: median(times.map(({ whole }) => whole)) },
      {},
    ),
  ];
}

/** A changed line to live, in turns with a copy of the app's tree and the app's own start. */
export async function measureLocalChange({ platform, directory }: BenchContext): Promise<Figure[]> {
  const app = await copyApp(directory);
  await platform.deploy(app);
  const release = await platform.release(name);
  const rounds = await sample(runs, async (index) => ({
    api: await timeChange({ platform, app, marker: `api-${process.pid}-${index}` }, "api"),
    floor: await timeFloor(release, directory),
    command: await timeChange({ platform, app, marker: `cli-${process.pid}-${index}` }, "command"),
  }));
  await platform.destroy(name);
  const compare = (pick: "api" | "command") =>
    summarize(rounds.map((round) => ({ floor: round.floor, value: round[pick] })));
  return [
    makeFigure({ figure: "one-line change to live, built locally", unit: "ms" }, compare("api"), {
      atMost: 1.5,
    }),
    // The same from a terminal: Node has to start, read the directory and pack it first.
    makeFigure({ figure: "the same by the command", unit: "ms" }, compare("command"), {}),
  ];
}

async function copyApp(parent: string): Promise<BenchApp> {
  const directory = join(parent, name);
  await cp(join(import.meta.dirname, "local-app"), directory, { recursive: true });
  const file = join(directory, "server.js");
  const original = await readFile(file, "utf8");
  const change = (marker: string) => writeFile(file, original.replace("hello", `hello ${marker}`));
  return { name, directory, change };
}

/** From the end of the Plan to the end of the last phase that is the builder's. */
function buildTime(timeline: readonly TimelineEvent[]): number {
  const [planned, checked] = (["plan", "check"] as const).map((phase) =>
    timeline.find((event) => event.type === "phase-end" && event.phase === phase),
  );
  if (planned === undefined || checked === undefined) throw new Error("the deploy built nothing");
  return Date.parse(checked.at) - Date.parse(planned.at);
}

interface Change {
  readonly platform: Platform;
  readonly app: BenchApp;
  readonly marker: string;
}

/** Until the router serves it, from the request to the API or from the start of the command. */
async function timeChange(
  { platform, app, marker }: Change,
  how: "api" | "command",
): Promise<number> {
  await app.change(marker);
  const archive = how === "api" ? await pack(app) : undefined;
  const started = performance.now();
  const deployed =
    archive === undefined ? platform.deploy(app) : platform.deployPacked(app, archive);
  await platform.waitFor(app.name, marker);
  const time = performance.now() - started;
  await deployed;
  return time;
}

async function pack({ directory }: BenchApp): Promise<Buffer> {
  const file = `${directory}.tar.gz`;
  const result = await run({
    argv: ["tar", "-czf", file, "-C", directory, "."],
    env: hostEnvironment(),
  });
  if (result.exitCode !== 0) throw new Error(`tar: ${result.stderr}`);
  return readFile(file);
}

async function timeFloor({ artifact }: BuiltRelease, directory: string): Promise<number> {
  const copy = join(directory, "copy");
  const from = join(artifact.location, "app");
  const copied = await timeOf(() => cp(from, copy, { recursive: true, verbatimSymlinks: true }));
  await rm(copy, { recursive: true });
  return copied + (await timeOwnStart(artifact.runtime, "/"));
}
