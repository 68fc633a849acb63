import { createHash } from "node:crypto";
import type { Route, Upstream } from "@hop3/core/plugin";
import { pages } from "./pages.ts";
import { backendName, hostName, serverName, socketPath, tcpAddress } from "./tokens.ts";

/** What does not change while haproxy runs; another value needs another haproxy. */
export interface RouterSettings {
  readonly listen: { readonly host: string; readonly port: number };
  readonly adminSocket: string;
  readonly maxApps: number;
  /** Given when the server is root: what haproxy becomes once it has bound its port. */
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
}

/** Files beside the configuration; haproxy is started in their directory, so their names suffice. */
export const configFiles = {
  config: "haproxy.cfg",
  hosts: "hosts.map",
  page: (status: number) => `${status}.html`,
  json: (status: number) => `${status}.json`,
} as const;

/** A whole office behind one address opens fewer, six for each browser. */
export const connectionsOfOneAddress = 2000;

/** Repeated when the answer never came: by RFC 9110 these may be sent twice. A POST never is. */
const repeatable = "GET HEAD OPTIONS PUT DELETE";

/**
 * The whole configuration. The servers of the moment stand in it although they come and go through the runtime API: a
 * haproxy that s6 has to start again is then complete without the control plane.
 */
export function renderConfig(settings: RouterSettings, routes: readonly Route[]): string {
  const upstreams = new Map(routes.map((route) => [route.backend, route.upstreams]));
  const backends = Array.from({ length: settings.maxApps }, (_, number) => [
    `backend ${backendName(number)} from apps`,
    ...(upstreams.get(number) ?? []).map((upstream) => `  server ${renderServer(upstream)}`),
  ]);
  return [structureLine(settings), ...renderStructure(settings), ...backends.flat(), ""].join("\n");
}

/** First line of the configuration: tells whether a running haproxy was started with the same settings. */
export function structureLine(settings: RouterSettings): string {
  const text = JSON.stringify([renderStructure(settings), settings.maxApps]);
  return `# structure ${createHash("sha256").update(text).digest("hex")}`;
}

/** The line that says where the router listens. */
export function bindLine({ listen }: Pick<RouterSettings, "listen">): string {
  return `  bind ${tcpAddress(listen.host, listen.port)}`;
}

function renderStructure({ listen, adminSocket, user }: RouterSettings): readonly string[] {
  return [
    "global",
    `  stats socket ${socketPath(adminSocket)} mode 600 level admin`,
    "  fd-hard-limit 40000",
    ...(user === undefined ? [] : [`  uid ${user.uid}`, `  gid ${user.gid}`]),
    "",
    "defaults base",
    "  mode http",
    // Server-Sent Events and other small pieces leave at once; without it they wait 100 to 200 ms (measured).
    "  option http-no-delay",
    // A request's head, and the first 16 kB of its body: whoever sends them byte by byte holds up no app.
    "  timeout http-request 20s",
    "  option http-buffer-request",
    "  timeout http-keep-alive 75s",
    "  timeout client 10m",
    "  timeout client-fin 30s",
    "  timeout connect 5s",
    "  timeout server 10m",
    "  timeout tunnel 24h",
    ...errorPages(),
    "",
    "frontend public from base",
    bindLine({ listen }),
    ...limitConnections(),
    // What a client says about itself is not to be believed. CGI makes one variable of - and _, and HTTP_PROXY of Proxy.
    "  http-request del-header ^(x[-_](forwarded[-_].+|real[-_]ip)|forwarded|proxy)$ -m reg",
    // Each header costs some 5 % of the requests/s: no X-Forwarded-Host, since Host itself arrives as it was sent.
    "  option forwardfor",
    "  http-request set-header X-Forwarded-Proto http",
    // All of the header but a port has to be the host: an app makes links of what else it might hold.
    `  use_backend %[req.fhdr(host),regsub(:[0-9]*$,),lower,map(${configFiles.hosts},unknown)]`,
    "  default_backend unknown",
    "",
    "backend unknown from base",
    ...answerWith(pages.unknownHost.status),
    "",
    `backend ${withoutUpstream} from base`,
    ...answerWith(pages.unavailable.status),
    "",
    "defaults apps from base",
    "  balance roundrobin",
    "  http-reuse safe",
    "  option redispatch",
    "  retries 3",
    "  retry-on conn-failure empty-response",
    `  http-request disable-l7-retry unless { method ${repeatable} }`,
    "",
  ];
}

/** Nobody takes all connections there are. A proxy on this machine holds those of all its visitors. */
function limitConnections(): readonly string[] {
  return [
    "  stick-table type ipv6 size 100k expire 1m store conn_cur",
    "  tcp-request connection track-sc0 src,ipmask(32,64) unless { src 127.0.0.1 ::1 }",
    `  tcp-request connection reject if { sc0_conn_cur gt ${connectionsOfOneAddress} }`,
  ];
}

function errorPages(): readonly string[] {
  return [pages.badGateway, pages.unavailable, pages.timeout].map(
    ({ status }) =>
      `  http-error status ${status} content-type "text/html; charset=utf-8" file ${configFiles.page(status)}`,
  );
}

/** JSON for who asks for it and not for HTML; the page for everybody else. */
function answerWith(status: number): readonly string[] {
  const wantsJson = "{ req.hdr(accept) -m sub json } !{ req.hdr(accept) -m sub html }";
  const noStore = "hdr cache-control no-store";
  return [
    `  http-request return status ${status} content-type application/json file ${configFiles.json(status)} ${noStore} if ${wantsJson}`,
    `  http-request return status ${status} content-type "text/html; charset=utf-8" file ${configFiles.page(status)} ${noStore}`,
  ];
}

/**
 * Idle connections to an app are kept for the next request, but half of them only this long: Node closes them after 5 s
 * and gunicorn after 2 s, and a request must not meet that moment. `add server` (haproxy 2.6) keeps none unless told so:
 * a third of the requests/s (measured, docs/benchmarks.md).
 */
const pool = "pool-max-conn -1 pool-purge-delay 500ms";

export function renderServer(upstream: Upstream): string {
  return `${serverName(upstream.id)} ${renderTarget(upstream)}`;
}

/** What follows the name, in the configuration and in `add server`. */
export function renderTarget(upstream: Upstream): string {
  return `${renderAddress(upstream.address)} weight ${weightOf(upstream)} ${pool}`;
}

/** Its part of the requests; without a word of it all upstreams of an App have the same. */
export function weightOf({ weight = 1 }: Upstream): number {
  if (Number.isInteger(weight) && weight >= 1 && weight <= 256) return weight;
  throw new Error(`${weight} is no weight of an upstream`);
}

function renderAddress(address: Upstream["address"]): string {
  if (address.kind === "unix") return `unix@${socketPath(address.path)}`;
  return tcpAddress(address.host, address.port);
}

/** Where hosts lead whose App has nothing to answer with: said in the map, so that no request has to ask. */
const withoutUpstream = "unavailable";

/** Backend by host. One host belongs to one App; the domains of an App are checked before they get here. */
export function desiredHosts(routes: readonly Route[]): ReadonlyMap<string, string> {
  return new Map(
    routes.flatMap((route) => {
      const backend = route.upstreams.length === 0 ? withoutUpstream : backendName(route.backend);
      return route.domains.map((domain) => [hostName(domain), backend] as const);
    }),
  );
}

export function renderHosts(hosts: ReadonlyMap<string, string>): string {
  return [...hosts].map(([host, backend]) => `${host} ${backend}\n`).join("");
}
