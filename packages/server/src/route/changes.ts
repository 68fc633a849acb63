import type { Route, Upstream } from "@hop3/core/plugin";
import type { ServerState } from "./haproxy-admin.ts";
import { configFiles, desiredHosts, renderTarget, weightOf } from "./haproxy-config.ts";
import { backendName, hostName, serverName } from "./tokens.ts";

/** One line for the runtime API, and what haproxy says when it has worked. */
export interface Change {
  readonly command: string;
  readonly expect: RegExp;
}

/** What haproxy says of itself. */
export interface ActualRoutes {
  readonly hosts: ReadonlyMap<string, string>;
  readonly servers: readonly ServerState[];
}

const silence = /^$/;

/**
 * What must be done so that haproxy does what the routes say. In this order nothing is ever without an upstream: new
 * servers take requests first, then hosts move, then old servers stop taking requests. Weights of known servers go
 * before all, so that a new one never gets more than its share.
 */
export function planChanges(routes: readonly Route[], actual: ActualRoutes): readonly Change[] {
  const known = new Map<string, ServerState>(
    actual.servers.map((server) => [`${server.backend}/${server.name}`, server]),
  );
  const wanted = new Map<string, Upstream>(
    routes.flatMap((route) =>
      route.upstreams.map(
        (upstream) =>
          [`${backendName(route.backend)}/${serverName(upstream.id)}`, upstream] as const,
      ),
    ),
  );
  const weighing = [...wanted].flatMap(([server, upstream]) =>
    weighServer(server, weightOf(upstream), known.get(server)?.weight),
  );
  const joining = [...wanted].flatMap(([server, upstream]) =>
    joinServer(server, upstream, known.get(server)?.state),
  );
  const leaving = [...known]
    .filter(([server, { state }]) => state === "ready" && !wanted.has(server))
    .map(([server]) => setState(server, "drain"));
  return [...weighing, ...joining, ...changeHosts(desiredHosts(routes), actual.hosts), ...leaving];
}

function weighServer(
  server: string,
  wanted: number,
  actual: number | undefined,
): readonly Change[] {
  if (actual === undefined || actual === wanted) return [];
  return [{ command: `set server ${server} weight ${wanted}`, expect: silence }];
}

function joinServer(
  server: string,
  upstream: Upstream,
  state: ServerState["state"] | undefined,
): readonly Change[] {
  if (state === "ready") return [];
  if (state !== undefined) return [setState(server, "ready")];
  const add = `experimental-mode on; add server ${server} ${renderTarget(upstream)}`;
  return [{ command: add, expect: /registered/ }, setState(server, "ready")];
}

function setState(server: string, state: "ready" | "drain"): Change {
  return { command: `set server ${server} state ${state}`, expect: silence };
}

function changeHosts(
  wanted: ReadonlyMap<string, string>,
  actual: ReadonlyMap<string, string>,
): readonly Change[] {
  const changes: Change[] = [];
  const file = configFiles.hosts;
  for (const [host, backend] of wanted) {
    const found = actual.get(host);
    if (found === backend) continue;
    const verb = found === undefined ? "add" : "set";
    changes.push({ command: `${verb} map ${file} ${host} ${backend}`, expect: silence });
  }
  for (const host of actual.keys()) {
    if (wanted.has(host)) continue;
    changes.push({ command: `del map ${file} ${hostName(host)}`, expect: silence });
  }
  return changes;
}
