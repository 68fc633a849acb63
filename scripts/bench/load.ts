import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { percentile } from "./measure.ts";

/** Where the load goes: a TCP address or a Unix socket. */
export type Target = { readonly host: string; readonly port: number } | { readonly path: string };

export interface LoadRequest {
  readonly target: Target;
  readonly host: string;
  readonly path: string;
  readonly connections: number;
  readonly durationMs: number;
}

export interface LoadResult {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers other than 200, and connections that broke. */
  readonly failures: number;
}

interface Tally {
  readonly latencies: number[];
  failures: number;
}

/**
 * Sends requests over keep-alive connections, one at a time on each. Written on bare sockets: node:http as a client
 * would cost more than haproxy and the app together and hide both.
 */
export async function runLoad(request: LoadRequest): Promise<LoadResult> {
  const tally: Tally = { latencies: [], failures: 0 };
  const started = performance.now();
  const until = started + request.durationMs;
  const connections = Array.from({ length: request.connections }, () =>
    drive(request, until, tally),
  );
  await Promise.all(connections);
  const seconds = (performance.now() - started) / 1000;
  return {
    requestsPerSecond: tally.latencies.length / seconds,
    p50Ms: percentile(tally.latencies, 0.5),
    p99Ms: percentile(tally.latencies, 0.99),
    failures: tally.failures,
  };
}

async function drive(request: LoadRequest, until: number, tally: Tally): Promise<void> {
  const bytes = `GET ${request.path} HTTP/1.1\r\nHost: ${request.host}\r\n\r\n`;
  while (performance.now() < until) {
    const socket = connect(request.target);
    try {
      await once(socket, "connect");
      await exchangeAll(socket, { bytes, until, tally });
    } catch {
      tally.failures += 1;
    } finally {
      socket.destroy();
    }
  }
}

interface Exchange {
  readonly bytes: string;
  readonly until: number;
  readonly tally: Tally;
}

/** Requests over one connection until the time is over. */
function exchangeAll(socket: Socket, { bytes, until, tally }: Exchange): Promise<void> {
  return new Promise((resolve, reject) => {
    let received = "";
    let sentAt = 0;
    const send = (): void => {
      received = "";
      sentAt = performance.now();
      socket.write(bytes);
    };
    socket.setNoDelay(true);
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => {
      received += text;
      if (!isWhole(received)) return;
      tally.latencies.push(performance.now() - sentAt);
      if (!received.startsWith("HTTP/1.1 200")) tally.failures += 1;
      if (performance.now() >= until) resolve();
      else send();
    });
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("closed in the middle of a request")));
    send();
  });
}

/** Whether the whole answer is there, told by its length or its last chunk. */
function isWhole(text: string): boolean {
  const end = text.indexOf("\r\n\r\n");
  if (end === -1) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, end));
  if (length !== null) return text.length >= end + 4 + Number(length[1]);
  return text.endsWith("0\r\n\r\n");
}
