import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Route, Router } from "@hop3/core/plugin";
import { type HaproxyOptions, makeHaproxyRouter } from "../src/route/haproxy-router.ts";
import { readLogs } from "../src/run/logs.ts";
import { findFreePort } from "../src/run/ports.ts";
import { makeTestbed, type Testbed, until } from "./testbed.ts";

export interface RouterBed extends Testbed {
  readonly router: Router;
  readonly port: number;
  /** Another handle of the same router, as after a restart of the control plane. */
  again(more?: Partial<HaproxyOptions>): Router;
  /** Starts an instance of the test app and waits until it listens. */
  startApp(id: string, env?: Readonly<Record<string, string>>): Promise<void>;
  route(app: string, backend: number, ids: readonly string[]): Route;
}

const appFile = fileURLToPath(new URL("app.cjs", import.meta.url));

/** A testbed with a router; neither is started yet. */
export async function makeRouterBed(): Promise<RouterBed> {
  const bed = await makeTestbed();
  const port = await findFreePort([]);
  const again: RouterBed["again"] = (more = {}) =>
    makeHaproxyRouter({ tree: bed.tree, listen: { host: "127.0.0.1", port }, ...more });
  return {
    ...bed,
    port,
    router: again(),
    again,
    startApp: async (id, env = {}) => {
      const socket = join(bed.home.socketDir(id), "http.sock");
      const spec = bed.spec(id, [process.execPath, appFile], {
        env: { HOP3_SOCKET: socket, NAME: id, ...env },
        stopTimeoutMs: 5_000,
      });
      await bed.supervisor.start(spec);
      await until(async () =>
        (await readLogs(spec.serviceDir, { lines: 50 })).some(({ text }) => text === "ready"),
      );
    },
    route: (app, backend, ids) => ({
      app,
      backend,
      domains: [`${app}.localhost`],
      upstreams: ids.map((id) => ({
        id,
        address: { kind: "unix", path: join(bed.home.socketDir(id), "http.sock") },
      })),
    }),
  };
}
