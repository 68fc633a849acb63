import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";

export interface Target {
  readonly port: number;
  readonly host: string;
}

export interface LoadOptions extends Target {
  /** Half of them are kept alive, half serve one request each. */
  readonly connections: number;
  /** Between two requests of one connection: bounds the load. */
  readonly pauseMs: number;
  /** Of every so many requests one is a POST, which no router may repeat. 0: none. */
  readonly postEvery: number;
  readonly marks: readonly string[];
}

export interface Sample {
  /** When the request was sent, by `performance.now()`. */
  readonly at: number;
  readonly ms: number;
}

export interface Load {
  readonly samples: readonly Sample[];
  /** Everything that was not a whole, right answer of status 200. */
  readonly failures: readonly string[];
  /** Right answers so far, by who gave them. */
  readonly answered: ReadonlyMap<string, number>;
  /** Kept-alive connections that had to be opened again. */
  readonly reconnects: number;
  /** From now on a request is to be answered by one of these. */
  expect(...marks: readonly string[]): void;
  stop(): Promise<void>;
}

const timeoutMs = 15_000;
const postBody = "y".repeat(1500);

/** Asks without pause until it is stopped, and checks every answer to its last byte. */
export function startLoad(options: LoadOptions): Load {
  const samples: Sample[] = [];
  const failures: string[] = [];
  const answered = new Map<string, number>();
  const stopped = new AbortController();
  let marks: ReadonlySet<string> = new Set(options.marks);
  let sent = 0;
  let reconnects = 0;

  const ask = async (agent: Agent | undefined, isFirst: boolean): Promise<void> => {
    const number = sent++;
    const isPost = options.postEvery > 0 && number % options.postEvery === 0;
    const atStart = marks;
    const at = performance.now();
    const answer = await askOnce({ ...options, agent, isPost, path: `/echo/${number}` });
    samples.push({ at, ms: performance.now() - at });
    if (agent !== undefined && !isFirst && !answer.isReused) reconnects++;
    const failure = judge(answer, `${isPost ? "POST" : "GET"} /echo/${number}`, [
      ...atStart,
      ...marks,
    ]);
    if (failure === undefined) count(answered, markOf(answer));
    else {
      const how = agent === undefined ? "closed" : "kept alive";
      failures.push(`${failure} (${how}, after ${Math.round(performance.now() - at)} ms)`);
    }
  };
  const runOne = async (index: number): Promise<void> => {
    const isKept = index % 2 === 0;
    const agent = isKept ? new Agent({ keepAlive: true, maxSockets: 1 }) : undefined;
    for (let count = 0; !stopped.signal.aborted; count++) {
      await ask(agent, count === 0);
      await sleep(options.pauseMs * (0.5 + Math.random()));
    }
    agent?.destroy();
  };
  const running = Array.from({ length: options.connections }, (_, index) => runOne(index));

  return {
    samples,
    failures,
    answered,
    get reconnects() {
      return reconnects;
    },
    expect(...now) {
      marks = new Set(now);
    },
    async stop() {
      stopped.abort();
      await Promise.all(running);
    },
  };
}

interface Ask extends Target {
  readonly agent: Agent | undefined;
  readonly isPost: boolean;
  readonly path: string;
}

interface Got {
  readonly isReused: boolean;
  readonly problem?: string;
  readonly status?: number;
  readonly text?: string;
}

function askOnce(ask: Ask): Promise<Got> {
  return new Promise((resolve) => {
    const call = request({
      host: "127.0.0.1",
      port: ask.port,
      agent: ask.agent ?? false,
      method: ask.isPost ? "POST" : "GET",
      path: ask.path,
      headers: { host: ask.host },
      signal: AbortSignal.timeout(timeoutMs),
    });
    const fail = (error: Error): void =>
      resolve({ isReused: call.reusedSocket, problem: error.message });
    call.once("error", fail);
    call.once("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        text += part;
      });
      response.once("error", fail);
      response.once("end", () =>
        resolve({ isReused: call.reusedSocket, status: response.statusCode ?? 0, text }),
      );
    });
    call.end(ask.isPost ? postBody : undefined);
  });
}

function count(counts: Map<string, number>, mark: string): void {
  counts.set(mark, (counts.get(mark) ?? 0) + 1);
}

function markOf({ text = "" }: Got): string {
  return text.split(" ", 1)[0] ?? "";
}

function judge(got: Got, question: string, marks: readonly string[]): string | undefined {
  if (got.problem !== undefined) return `${question}: ${got.problem}`;
  if (got.status !== 200) return `${question}: status ${got.status}`;
  const received = question.startsWith("POST") ? postBody.length : 0;
  const expected = `${question} ${received} ${"x".repeat(2048)}\n`;
  const mark = markOf(got);
  if (got.text !== `${mark} ${expected}`) return `${question}: wrong body of ${got.text?.length}`;
  if (!marks.includes(mark)) return `${question}: answered by ${mark}, not by ${marks.join("|")}`;
  return undefined;
}

/** The `share` quantile of the times of these samples, in milliseconds. */
export function quantile(samples: readonly Sample[], share: number): number {
  const sorted = samples.map(({ ms }) => ms).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

export interface Talk {
  readonly mark: string;
  readonly echoes: number;
  readonly failures: readonly string[];
  close(): Promise<void>;
}

const talkEveryMs = 200;

/** A WebSocket that says something every 200 ms and wants it back before it speaks again. */
export async function startTalk(target: Target): Promise<Talk> {
  const socket = new WebSocket(`ws://127.0.0.1:${target.port}/`, {
    headers: { host: target.host },
  });
  await new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  const failures: string[] = [];
  let mark = "";
  let said = 0;
  let echoes = 0;
  let isOver = false;
  socket.on("error", (error) => failures.push(error.message));
  socket.on("message", (data) => {
    const [from = "", number] = String(data).split(" ");
    if (mark === "") mark = from;
    if (from !== mark || Number(number) !== echoes) failures.push(`heard ${data} as ${echoes}`);
    echoes++;
  });
  const closed = new Promise<void>((resolve) => {
    socket.once("close", (code) => {
      if (!isOver) failures.push(`closed with ${code} after ${echoes} echoes`);
      clearInterval(timer);
      resolve();
    });
  });
  const timer = setInterval(() => {
    if (said - echoes > 5) failures.push(`${said - echoes} unanswered after ${echoes} echoes`);
    socket.send(String(said++));
  }, talkEveryMs);
  return {
    get mark() {
      return mark;
    },
    get echoes() {
      return echoes;
    },
    failures,
    async close() {
      isOver = true;
      clearInterval(timer);
      socket.close();
      await closed;
    },
  };
}

export interface Stream {
  readonly text: string;
  /** The longest silence between two pieces: a stream is not to be collected on its way. */
  readonly longestGapMs: number;
}

/** Reads the long answer to its end; rejects where it breaks off. */
export function readStream(target: Target): Promise<Stream> {
  return new Promise((resolve, reject) => {
    const call = request({
      host: "127.0.0.1",
      port: target.port,
      agent: false,
      path: "/stream",
      headers: { host: target.host },
    });
    call.once("error", reject);
    call.once("response", (response) => {
      let text = "";
      let longestGapMs = 0;
      let last = performance.now();
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        longestGapMs = Math.max(longestGapMs, performance.now() - last);
        last = performance.now();
        text += part;
      });
      response.once("error", reject);
      response.once("end", () => resolve({ text, longestGapMs }));
    });
    call.end();
  });
}
