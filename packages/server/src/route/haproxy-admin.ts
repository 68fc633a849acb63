import { connect } from "node:net";
import { defineError, ExitCode } from "@hop3/core";
import type { UpstreamTraffic } from "@hop3/core/plugin";

export const routerUnreachable = defineError<{ reason: string }>({
  code: "ROUTER_UNREACHABLE",
  exitCode: ExitCode.failure,
  status: 503,
  message: () => "The router does not answer",
  hint: () => "It is restarted by itself: try again, and see `hop3 doctor` when that does not help",
  detail: ({ reason }) => reason,
});

/** haproxy's runtime API: one line of text there, some lines back. */
export interface HaproxyAdmin {
  /** `command` is made of words from tokens.ts alone. Returns what haproxy says, without white space around it. */
  send(command: string): Promise<string>;
  hosts(): Promise<ReadonlyMap<string, string>>;
  servers(): Promise<readonly ServerState[]>;
  /** Requests and tunnels of one server; undefined: no such server. */
  sessions(backend: string, server: string): Promise<number | undefined>;
  /** What each server of a backend has been given. */
  traffic(backend: string): Promise<ReadonlyMap<string, UpstreamTraffic>>;
}

/** What haproxy itself says of one of its servers. */
export interface ServerState {
  readonly backend: string;
  readonly name: string;
  readonly state: "ready" | "drain" | "maint";
  readonly weight: number;
}

const timeoutMs = 10_000;

/** Client of the runtime API; each command is a connection of its own, so that none can disturb another. */
export function makeHaproxyAdmin(socket: string, hostsFile: string): HaproxyAdmin {
  const send = (command: string): Promise<string> => sendCommand(socket, command);
  return {
    send,
    hosts: async () => parseMap(await send(`show map ${hostsFile}`)),
    servers: async () => parseServers(await send("show servers state")),
    sessions: async (backend, server) => parseSessions(await send(showServers(backend)), server),
    traffic: async (backend) => parseTraffic(await send(showServers(backend))),
  };
}

/** Statistics of the servers (type 4) of one backend. */
function showServers(backend: string): string {
  return `show stat ${backend} 4 -1`;
}

function sendCommand(socket: string, command: string): Promise<string> {
  if (/[^\x20-\x7e]/.test(command)) throw new Error("a command is one line of plain ASCII");
  return new Promise((resolve, reject) => {
    const client = connect(socket);
    const parts: string[] = [];
    const fail = (reason: string): void => {
      client.destroy();
      reject(routerUnreachable({ reason }));
    };
    client.setEncoding("utf8");
    client.setTimeout(timeoutMs, () => fail(`no answer within ${timeoutMs} ms`));
    client.on("error", (error) => fail(error.message));
    client.on("data", (part: string) => parts.push(part));
    client.on("end", () => resolve(parts.join("").trim()));
    client.write(`${command}\n`);
  });
}

/** Lines of `show map`: an address in memory, the host, the backend. */
export function parseMap(text: string): ReadonlyMap<string, string> {
  const hosts = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, host, backend] = line.split(" ");
    if (host !== undefined && backend !== undefined) hosts.set(host, backend);
  }
  return hosts;
}

/** Bits of srv_admin_state: 0x01 to 0x04 and 0x20 are kinds of maintenance, 0x08 and 0x10 kinds of drain. */
const maintBits = 0x27;
const drainBits = 0x18;

/** Lines of `show servers state`: version, a heading that begins with `#`, one line per server. */
export function parseServers(text: string): readonly ServerState[] {
  const lines = text.split("\n");
  const heading =
    lines
      .find((line) => line.startsWith("# "))
      ?.slice(2)
      .split(" ") ?? [];
  const column = (name: string): number => heading.indexOf(name);
  const [backend, name, admin] = [column("be_name"), column("srv_name"), column("srv_admin_state")];
  const weight = column("srv_uweight");
  return lines
    .filter((line) => /^\d+ /.test(line))
    .map((line) => line.split(" "))
    .map((fields) => ({
      backend: fields[backend] ?? "",
      name: fields[name] ?? "",
      state: adminState(Number(fields[admin])),
      weight: Number(fields[weight]),
    }));
}

function adminState(bits: number): ServerState["state"] {
  if ((bits & maintBits) !== 0) return "maint";
  return (bits & drainBits) === 0 ? "ready" : "drain";
}

/** `scur` counts requests being served and tunnels, not connections that are idle. */
export function parseSessions(csv: string, server: string): number | undefined {
  const row = parseStat(csv).get(server);
  return row === undefined ? undefined : sum(row, ["scur", "qcur"]);
}

/**
 * Columns of what went wrong at a server: its own 5xx, connections refused, answers broken off, and tries that were
 * repeated there or elsewhere, of which users saw nothing.
 */
const failures = ["hrsp_5xx", "econ", "eresp", "wretr", "wredis"];

export function parseTraffic(csv: string): ReadonlyMap<string, UpstreamTraffic> {
  const rows = [...parseStat(csv)];
  return new Map(
    rows.map(([server, row]) => [
      server,
      { requests: sum(row, ["stot"]), failed: sum(row, failures) },
    ]),
  );
}

type StatRow = ReadonlyMap<string, string>;

/** CSV of `show stat`, by name of the server. */
function parseStat(csv: string): ReadonlyMap<string, StatRow> {
  const [heading = "", ...lines] = csv.replace(/^# /, "").split("\n");
  const columns = heading.split(",");
  const rows = lines
    .filter((line) => line !== "")
    .map((line) => line.split(","))
    .map((fields) => new Map(columns.map((name, index) => [name, fields[index] ?? ""])));
  return new Map(rows.map((row) => [row.get("svname") ?? "", row]));
}

function sum(row: StatRow, columns: readonly string[]): number {
  return columns.reduce((total, name) => total + (Number(row.get(name)) || 0), 0);
}
