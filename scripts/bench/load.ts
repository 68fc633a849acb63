import { z } from "zod";
import type { Hop3 } from "../demo/hop3.ts";

export interface LoadRequest {
  readonly hop3: Hop3;
  /** The App whose Release holds wrk; the load runs in its environment. */
  readonly app: string;
  readonly url: string;
  readonly host: string;
  readonly connections: number;
  readonly seconds: number;
}

export interface LoadResult {
  readonly requestsPerSecond: number;
  readonly p99Ms: number;
  /** Answers other than 2xx or 3xx, and connections that broke. */
  readonly failures: number;
}

const Answer = z.object({ exitCode: z.number().nullable(), stdout: z.string() });
const milliseconds: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000 };

/**
 * Keep-alive connections, one request at a time on each, by wrk: a client written in JavaScript would cost more than
 * haproxy and the app together and hide both.
 */
export async function runLoad(request: LoadRequest): Promise<LoadResult> {
  const { hop3, app, url, host, connections, seconds } = request;
  const wrk = [
    "wrk",
    "-t1",
    `-c${connections}`,
    `-d${seconds}s`,
    "--latency",
    "-H",
    `Host: ${host}`,
  ];
  const { stdout: answer } = await hop3.run(["run", "--json", "--app", app, "--", ...wrk, url]);
  const { exitCode, stdout } = Answer.parse(JSON.parse(answer));
  if (exitCode !== 0) throw new Error(`wrk ended with ${exitCode}: ${stdout}`);
  return parseWrk(stdout);
}

/** wrk 4's report. Its lines on errors are there only when there were some. */
function parseWrk(report: string): LoadResult {
  const p99 = /^\s+99%\s+([\d.]+)(us|ms|s)$/m.exec(report);
  const rate = /^Requests\/sec:\s+([\d.]+)$/m.exec(report);
  if (p99 === null || rate === null) throw new Error(`not understood: ${report}`);
  const errors = /connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(report);
  const refused = /Non-2xx or 3xx responses: (\d+)/.exec(report);
  const counts = [...(errors?.slice(1) ?? []), refused?.[1] ?? "0"].map(Number);
  return {
    requestsPerSecond: Number(rate[1]),
    p99Ms: Number(p99[1]) * (milliseconds[p99[2] ?? ""] ?? Number.NaN),
    failures: counts.reduce((sum, count) => sum + count, 0),
  };
}
