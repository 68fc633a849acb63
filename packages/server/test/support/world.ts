import { readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import type { AppDetail, DeploymentSummary, ReleaseSummary } from "@hop3/core";
import { openHome } from "../../src/home.ts";
import type { TestServer } from "./test-server.ts";

/** All of an App that a failed attempt must leave as it was, and what it must leave nowhere. */
export interface World {
  readonly answer: string;
  readonly state: string;
  readonly release: number | undefined;
  readonly processes: readonly string[];
  /** Releases with a root in the store. */
  readonly rooted: readonly string[];
  readonly halfMade: readonly string[];
  readonly openDeployments: readonly number[];
  readonly supervised: readonly string[];
  readonly environments: readonly string[];
  readonly sockets: readonly string[];
  readonly uploads: readonly string[];
}

export async function lookAt(server: TestServer, app: string): Promise<World> {
  const home = openHome(server.home, process.env);
  const detail = await server.json<AppDetail>("GET", `/apps/${app}`);
  const { releases } = await server.json<{ releases: ReleaseSummary[] }>(
    "GET",
    `/apps/${app}/releases`,
  );
  const { deployments } = await server.json<{ deployments: DeploymentSummary[] }>(
    "GET",
    `/apps/${app}/deployments`,
  );
  return {
    answer: (await server.get(app)).text,
    state: detail.state,
    release: detail.release,
    processes: detail.processes.map(({ id }) => id),
    rooted: await rootedReleases(join(home.app(app).dir, "releases")),
    halfMade: releases
      .filter(({ state }) => !["running", "previous", "failed"].includes(state))
      .map(({ number, state }) => `${number} ${state}`),
    openDeployments: deployments
      .filter(({ state }) => ["queued", "running", "live"].includes(state))
      .map(({ id }) => id),
    supervised: (await list(home.scanDir)).filter((name) => /^a\d/.test(name)),
    environments: await list(join(home.runtimeDir, "env")),
    sockets: await list(join(home.runtimeDir, "sock")),
    uploads: await list(home.uploads),
  };
}

async function list(dir: string): Promise<string[]> {
  return (await readdir(dir).catch(() => [])).sort();
}

async function rootedReleases(dir: string): Promise<readonly string[]> {
  const rooted: string[] = [];
  for (const number of await list(dir)) {
    const target = await readlink(join(dir, number, "root")).catch(() => undefined);
    if (target !== undefined) rooted.push(number);
  }
  return rooted;
}
