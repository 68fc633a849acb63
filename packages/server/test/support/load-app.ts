import { cp, mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";

const appDir = join(import.meta.dirname, "load-app");
const webSocketFile = join(import.meta.dirname, "../../../../examples/node-live/websocket.mjs");

/** Lives for longer than a start is watched, then ends. */
const backgroundFault = `
[run.workers]
mailer = "echo 'no mail today' >&2; sleep 3; exit 4"
`;

export interface LoadAppOptions {
  /** Stands in every answer. */
  readonly mark: string;
  readonly instances?: number;
  readonly drainSeconds?: number;
  /** More lines of [deploy]. */
  readonly deploy?: string;
  /** How it fails, once it has answered its health check. */
  readonly fault?: "status" | "exit" | "background";
  /** On $PORT or on $HOP3_SOCKET. */
  readonly listen?: "port" | "socket";
}

/** A Node app (HTTP, WebSocket, a stream of 20 s) in a directory below /tmp, ready to be deployed. */
export async function makeLoadApp(options: LoadAppOptions): Promise<string> {
  const dir = await mkdtemp("/tmp/hop3-tree-");
  await cp(appDir, dir, { recursive: true });
  await cp(webSocketFile, join(dir, "websocket.mjs"));
  await writeFile(join(dir, "mark.txt"), `${options.mark}\n`);
  const settings = `[deploy]
drain-timeout = ${options.drainSeconds ?? 120}
${options.deploy ?? ""}

[run.workers.web]
instances = ${options.instances ?? 1}

[env]
LISTEN = "${options.listen ?? "socket"}"
FAULT = "${options.fault ?? ""}"
${options.fault === "background" ? backgroundFault : ""}`;
  await writeFile(join(dir, "hop3.toml"), settings);
  return dir;
}

/** What one instance says of its own end. */
export interface Ending {
  readonly release: number;
  readonly mark: string;
  /** Requests and WebSockets it held when it got its stop signal. */
  readonly open: number;
  readonly served: number;
  /** Requests that came after that signal. */
  readonly late: number | undefined;
}

interface LogLine {
  readonly release: number;
  readonly text: string;
}

/** Reads the log of the app: an instance for each `stop`, with the `end` that follows it. */
export function parseEndings(lines: readonly LogLine[]): readonly Ending[] {
  const endings: Ending[] = [];
  for (const { release, text } of lines) {
    if (!text.startsWith("{")) continue;
    const line = JSON.parse(text) as { event: string; mark: string } & Partial<Ending>;
    if (line.event === "stop") {
      const { mark, open = 0, served = 0 } = line;
      endings.push({ release, mark, open, served, late: undefined });
    }
    if (line.event !== "end") continue;
    const index = endings.findLastIndex(
      (ending) => ending.release === release && ending.late === undefined,
    );
    const found = endings[index];
    if (found !== undefined) endings[index] = { ...found, late: line.late };
  }
  return endings;
}
