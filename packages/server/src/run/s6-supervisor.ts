import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ProcessSpec, ProcessStatus, Supervisor } from "@hop3/core/plugin";
import { missingStatus, readStatus } from "./process-status.ts";
import {
  makeSocketDirectory,
  processArgv,
  removeRuntimeFiles,
  removeRuntimeRoot,
  writeEnvironment,
  writeServiceDirectory,
} from "./service-directory.ts";
import { isSupervised, type ServiceTree } from "./service-tree.ts";

interface S6Options {
  readonly tree: ServiceTree;
  /** Group of the router, which must reach the sockets of Processes that run as other users. */
  readonly routerGid?: number | undefined;
}

/** Services of the tree that are not Processes of an App. */
export const systemServices: ReadonlySet<string> = new Set(["router"]);

/** Beyond twice the stop time-out (the Process, then what is left of its group): s6 itself. */
const stopMarginMs = 10_000;

/** Processes as s6 services: each its own s6-supervise, its own rotated log, its own restart with back-off. */
export function makeS6Supervisor({ tree, routerGid }: S6Options): Supervisor {
  return {
    name: "s6",
    ensureRunning: () => tree.ensureRunning(),
    start: (spec) => start(tree, spec, routerGid),
    stop: (id) => stop(tree, id),
    restart: (id) => restart(tree, id),
    status: async () => {
      const names = [...(await tree.services()).keys()].filter((name) => !systemServices.has(name));
      return readStatus(tree.binDir, tree.home.scanDir, names);
    },
    statusOf: (id) => statusOf(tree, id),
    shutdown: async () => {
      const names = [...(await tree.services()).keys()];
      await Promise.all(names.map((name) => stop(tree, name)));
      await tree.shutdown();
      await removeRuntimeRoot(tree.home);
    },
  };
}

async function start(
  tree: ServiceTree,
  spec: ProcessSpec,
  routerGid: number | undefined,
): Promise<void> {
  checkId(spec.id);
  const { home, binDir } = tree;
  if ((await tree.services()).has(spec.id) && (await isSupervised(spec.serviceDir))) return;
  if (await isSupervised(spec.serviceDir)) {
    throw new Error(`${spec.serviceDir} is in use by another Process than ${spec.id}`);
  }
  const envDir = home.envDir(spec.id);
  const socketDir = home.socketDir(spec.id);
  const argv = processArgv(binDir, envDir, spec);
  await Promise.all([
    writeEnvironment(envDir, spec.env),
    makeSocketDirectory({ path: socketDir, user: spec.user, routerGid }),
    writeServiceDirectory(binDir, spec.serviceDir, { ...spec, argv, socketDir }),
  ]);
  await tree.add(spec.id, spec.serviceDir);
}

/** Ids are file names, names of haproxy servers and words of its command language. */
function checkId(id: string): void {
  const valid = /^[a-z0-9][A-Za-z0-9._-]{0,119}$/.test(id);
  if (!valid || systemServices.has(id)) {
    throw new Error(`${JSON.stringify(id)} cannot be the id of a Process`);
  }
}

async function stop(tree: ServiceTree, id: string): Promise<void> {
  const serviceDir = (await tree.services()).get(id);
  if (serviceDir !== undefined) {
    await wakeFromPause(tree, serviceDir);
    await tree.remove(id, 2 * (await stopTimeout(serviceDir)) + stopMarginMs);
  }
  await removeRuntimeFiles(tree.home, id);
}

/** A pausing script has its default reaction to the stop signal, and for some signals that is none. */
async function wakeFromPause(tree: ServiceTree, serviceDir: string): Promise<void> {
  const pausing = await readFile(join(serviceDir, "backing-off")).catch(() => undefined);
  if (pausing !== undefined) await tree.control(serviceDir, "dk");
}

async function stopTimeout(serviceDir: string): Promise<number> {
  const text = await readFile(join(serviceDir, "timeout-kill"), "utf8").catch(() => "0");
  return Number(text);
}

async function restart(tree: ServiceTree, id: string): Promise<void> {
  const serviceDir = (await tree.services()).get(id);
  if (serviceDir === undefined) return;
  const before = await statusOf(tree, id);
  await rm(join(serviceDir, "penalty"), { force: true });
  if (before.state === "stopped") return tree.control(serviceDir, "u");
  // Not a crash: the back-off starts anew.
  await writeFile(join(serviceDir, "deliberate"), "");
  if (before.state === "backing-off") return tree.control(serviceDir, "uk");
  await tree.control(serviceDir, "r");
  const deadline = performance.now() + (await stopTimeout(serviceDir));
  while ((await statusOf(tree, id)).pid === before.pid) {
    if (performance.now() > deadline) return tree.control(serviceDir, "k");
    await sleep(20);
  }
}

async function statusOf(tree: ServiceTree, id: string): Promise<ProcessStatus> {
  const known = (await tree.services()).has(id);
  const [status] = known ? await readStatus(tree.binDir, tree.home.scanDir, [id]) : [];
  return status ?? missingStatus(id);
}
