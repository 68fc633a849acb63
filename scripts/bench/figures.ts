import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Argv, hostEnvironment, run } from "../../packages/server/src/proc/run.ts";
import { httpAsk } from "../demo/http.ts";
import { timeOwnStart } from "./app-start.ts";
import { type BenchApp, copyExample, makeLoadApp, makeSmallApp } from "./bench-apps.ts";
import { runLoad } from "./load.ts";
import {
  type Figure,
  makeFigure,
  median,
  type Round,
  residentMegabytes,
  round,
  sample,
  summarize,
  timeOf,
} from "./measure.ts";
import { makeRebuilds } from "./nix-floor.ts";
import type { Platform } from "./platform.ts";

const runs = 10;
const repository = join(import.meta.dirname, "../..");

/** What every figure gets: a running platform, and a directory for its apps. */
export interface BenchContext {
  readonly platform: Platform;
  readonly directory: string;
}

function makeFlask(context: BenchContext, name: string): Promise<BenchApp> {
  return copyExample(context.directory, {
    name,
    example: "flask",
    file: "app.py",
    line: (marker) => ({ from: /Hello from Flask/, to: `Hello ${marker} from Flask` }),
  });
}

/** One-line change to live, and after it the rollback: both in turns with what they cannot do without. */
export async function measureChange(context: BenchContext): Promise<Figure[]> {
  const { platform } = context;
  const rebuilds = await prepareRebuilds(context);
  const flask = await makeFlask(context, "bench-flask");
  await platform.deploy(flask);
  const { artifact } = await platform.release(flask.name);
  const ownStart = () => timeOwnStart(artifact.runtime, "/");
  const changes: Round[] = [];
  for (const [index, rebuild] of rebuilds.entries()) {
    const floor = (await timeOf(rebuild)) + (await ownStart());
    await flask.change(markerOf(index));
    const deployed = platform.deploy(flask);
    const value = await timeOf(() => platform.waitFor(flask.name, markerOf(index)));
    await deployed;
    changes.push({ floor, value });
  }
  const back = await measureRollback(context, flask, ownStart);
  await platform.destroy(flask.name);
  return [
    makeFigure({ figure: "one-line change to live", unit: "ms" }, summarize(changes), {
      atMost: 1.5,
    }),
    makeFigure({ figure: "rollback", unit: "ms" }, summarize(back.byApi), { atMost: 1.3 }),
    // The same from a terminal: Node has to start before anything is asked for.
    makeFigure({ figure: "rollback by the command", unit: "ms" }, summarize(back.byCommand), {}),
  ];
}

const markerOf = (index: number): string => `change-${process.pid}-${index}`;

/** Changes like those that are measured, of an app that is gone: what they had built is to be built once again. */
async function prepareRebuilds(context: BenchContext) {
  const { platform } = context;
  const app = await makeFlask(context, "bench-floor");
  const releases = await sample(runs, async (index) => {
    await app.change(`floor-${process.pid}-${index}`);
    await platform.deploy(app);
    return await platform.release(app.name);
  });
  await platform.destroy(app.name);
  return await makeRebuilds(releases);
}

/** Back and forth between the two newest Releases, until the router serves the other one. */
async function measureRollback(
  { platform }: BenchContext,
  flask: BenchApp,
  ownStart: () => Promise<number>,
): Promise<Record<"byApi" | "byCommand", Round[]>> {
  const newest = (await platform.release(flask.name)).number;
  const { hop3 } = platform;
  const byApi = (release: number) => platform.rollback(flask.name, release);
  const byCommand = (release: number) =>
    hop3.run(["rollback", String(release), "--app", flask.name]);
  let isOnNewest = true;
  const goBack = async (rollback: (release: number) => Promise<unknown>): Promise<number> => {
    isOnNewest = !isOnNewest;
    const steps = isOnNewest ? 0 : 1;
    const done = rollback(newest - steps);
    const time = await timeOf(() => platform.waitFor(flask.name, markerOf(runs - 1 - steps)));
    await done;
    return time;
  };
  const rounds = await sample(runs, async () => ({
    floor: await ownStart(),
    api: await goBack(byApi),
    command: await goBack(byCommand),
  }));
  return {
    byApi: rounds.map(({ floor, api }) => ({ floor, value: api })),
    byCommand: rounds.map(({ floor, command }) => ({ floor, value: command })),
  };
}

export async function measureUnchanged({ platform, directory }: BenchContext): Promise<Figure[]> {
  const app = await makeSmallApp(directory, "bench-unchanged");
  await platform.deploy(app);
  const { artifact } = await platform.release(app.name);
  const value = median(await sample(runs, () => timeOf(() => platform.deploy(app))));
  const build: Argv = ["nix-build", "--no-out-link", artifact.provenance.drv_path];
  const floor = median(await sample(runs, () => timeOf(() => runQuietly(build))));
  await platform.destroy(app.name);
  return [
    makeFigure(
      { figure: "deploy of an unchanged tree", unit: "ms" },
      { floor, value },
      { atMost: 10 },
    ),
  ];
}

export async function measureRouter({ platform, directory }: BenchContext): Promise<Figure[]> {
  const app = await makeLoadApp(directory, "bench-router");
  await platform.deploy(app);
  const { hop3, server } = platform;
  const host = `${app.name}.localhost`;
  const port = await httpAsk({ address: server.router, path: "/port", host });
  const load = (to: string) =>
    runLoad({ hop3, app: app.name, url: `http://${to}/`, host, connections: 32, seconds: 2 });
  // In turns, so that a busy moment of the machine hits both.
  const pairs = await sample(runs, async () => ({
    direct: await load(`127.0.0.1:${port.body}`),
    routed: await load(`${server.router.host}:${server.router.port}`),
  }));
  await platform.destroy(app.name);
  const failures = pairs.reduce((sum, { routed }) => sum + routed.failures, 0);
  if (failures > 0) throw new Error(`${failures} requests through the router failed`);
  const middle = (pick: (pair: (typeof pairs)[number]) => number): number =>
    median(pairs.map(pick));
  return [
    makeFigure(
      { figure: "requests/s through the router", unit: "requests/s" },
      {
        floor: middle(({ direct }) => direct.requestsPerSecond),
        value: middle(({ routed }) => routed.requestsPerSecond),
        ratio: middle(({ direct, routed }) => routed.requestsPerSecond / direct.requestsPerSecond),
      },
      { atLeast: 0.6 },
    ),
    makeFigure(
      { figure: "p99 through the router", unit: "ms" },
      {
        floor: middle(({ direct }) => direct.p99Ms),
        value: middle(({ routed }) => routed.p99Ms),
        ratio: middle(({ direct, routed }) => routed.p99Ms / direct.p99Ms),
      },
      { atMost: 3 },
    ),
  ];
}

/** `hop3 --version` against a Node that does nothing. */
export async function measureVersion(): Promise<Figure[]> {
  const hop3: Argv = [join(repository, "bin/hop3"), "--version"];
  const value = median(await sample(runs, () => timeOf(() => runQuietly(hop3))));
  const node: Argv = [process.execPath, "-e", "0"];
  const floor = median(await sample(runs, () => timeOf(() => runQuietly(node))));
  return [makeFigure({ figure: "hop3 --version", unit: "ms" }, { floor, value }, { atMost: 2.5 })];
}

/** Memory with 10 apps, then one more deploy with 50 against the same with 1. */
export async function measureManyApps({ platform, directory }: BenchContext): Promise<Figure[]> {
  const subject = await makeSmallApp(directory, "bench-subject");
  await platform.deploy(subject);
  const redeploy = async (label: string): Promise<number> =>
    median(
      await sample(runs, async (index) => {
        await subject.change(`${label}-${index}`);
        return timeOf(() => platform.deploy(subject));
      }),
    );
  const floor = await redeploy("one");
  const others = await sample(49, (index) => makeSmallApp(directory, `bench-${index + 1}`));
  for (const app of others.slice(0, 9)) await platform.deploy(app);
  await sleep(5_000);
  const memory = await residentMegabytes(await platform.serverPid());
  for (const app of others.slice(9)) await platform.deploy(app);
  const value = await redeploy("fifty");
  for (const app of [subject, ...others]) await platform.destroy(app.name);
  const peers = 350;
  return [
    {
      figure: "control plane, idle, 10 apps",
      unit: "MB",
      floor: peers,
      value: round(memory),
      ratio: round(memory / peers),
      reach: "<= 110 MB",
      ok: memory <= 110,
    },
    makeFigure(
      { figure: "one more deploy with 50 apps", unit: "ms" },
      { floor, value },
      { atMost: 1.2 },
    ),
  ];
}

async function runQuietly(argv: Argv): Promise<void> {
  const result = await run({ argv, env: hostEnvironment() });
  if (result.exitCode !== 0) throw new Error(`${argv.join(" ")}: ${result.stderr}`);
}
