import { type ClientRequest, type IncomingMessage, request } from "node:http";
import type { ListenAddress } from "@hop3/core/plugin";

/** What one request to an address brought. */
export type ProbeAnswer =
  | { readonly kind: "refused" }
  /** Something listens, but no HTTP answer came in time. */
  | { readonly kind: "silent"; readonly reason: string }
  | { readonly kind: "answer"; readonly status: number; readonly body: string };

export interface ProbeRequest {
  readonly address: ListenAddress;
  readonly path: string;
  readonly host: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** True where the answer is judged by its body too; otherwise a good status is enough. */
  readonly needsBody: (status: number) => boolean;
}

const bodyLimit = 64 * 1024;
const nobodyListens = new Set(["ECONNREFUSED", "ENOENT", "EACCES"]);

/** One GET, no redirect followed, no connection kept. Never throws for what the other side does. */
export function askOnce(probe: ProbeRequest): Promise<ProbeAnswer> {
  return new Promise((resolve) => {
    const client = request({
      ...socketOptions(probe.address),
      path: probe.path,
      agent: false,
      signal: AbortSignal.any([
        probe.signal,
        AbortSignal.timeout(Math.max(1, Math.ceil(probe.timeoutMs))),
      ]),
      headers: { host: probe.host, accept: "*/*", "user-agent": "hop3-probe", connection: "close" },
    });
    client.once("error", (error: NodeJS.ErrnoException) => {
      const refused = nobodyListens.has(error.code ?? "");
      resolve(refused ? { kind: "refused" } : { kind: "silent", reason: describe(error, probe) });
    });
    client.once("response", (response) => readAnswer(probe, { client, response, resolve }));
    client.end();
  });
}

function socketOptions(address: ListenAddress): object {
  return address.kind === "unix"
    ? { socketPath: address.path }
    : { host: address.host, port: address.port };
}

function describe(error: NodeJS.ErrnoException, { timeoutMs }: ProbeRequest): string {
  if (error.name === "TimeoutError" || error.name === "AbortError") {
    return `no answer within ${timeoutMs / 1_000} s`;
  }
  return error.message;
}

interface Exchange {
  readonly client: ClientRequest;
  readonly response: IncomingMessage;
  readonly resolve: (answer: ProbeAnswer) => void;
}

function readAnswer(probe: ProbeRequest, { client, response, resolve }: Exchange): void {
  const status = response.statusCode ?? 0;
  let body = "";
  const finish = (): void => {
    resolve({ kind: "answer", status, body });
    client.destroy();
  };
  response.setEncoding("utf8");
  response.on("error", finish);
  response.on("end", finish);
  response.on("data", (part: string) => {
    body += part;
    if (body.length >= bodyLimit) finish();
  });
  // An endless answer (Server-Sent Events) is an answer: what remains of it is of no interest.
  if (!probe.needsBody(status)) resolve({ kind: "answer", status, body });
}
