import { randomBytes } from "node:crypto";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import type { GitProgram } from "./git-program.ts";
import { encodeSection, makeSectionReader, type SectionReader } from "./pkt-line.ts";
import { listenForGit } from "./socket-client.ts";

/** One ref that a push wants to change; an all-zero object stands for none. */
export interface RefCommand {
  readonly old: string;
  readonly new: string;
  readonly ref: string;
}

/** undefined: git may change the ref; else why not, in a few words. */
export type Verdict = string | undefined;

export interface PushRequest {
  readonly commands: readonly RefCommand[];
  readonly options: readonly string[];
  /** Shows a line to the pusher. */
  say(line: string): void;
  /** Aborted when git has gone away. */
  readonly signal: AbortSignal;
}

/** Judges a push; the order of the verdicts is that of the commands. */
export type Judge = (request: PushRequest) => Promise<readonly Verdict[]>;

/**
 * Where git's proc-receive hook reaches the server. The hook connects twice: one connection carries git's own protocol, the
 * other the lines that the pusher reads.
 */
export interface HookDoor {
  /** Variables for a `receive-pack` whose push `judge` decides; `end` forgets it. */
  open(judge: Judge): { readonly env: Readonly<Record<string, string>>; end(): void };
  close(): void;
}

type Connection = Pick<Visit, "report"> | Pick<Visit, "progress">;

interface Visit {
  readonly judge: Judge;
  report?: { readonly socket: Socket; readonly stream: AsyncIterable<Buffer> };
  progress?: Socket;
}

export interface HookDoorOptions {
  readonly socket: string;
  readonly hooksDir: string;
  readonly git: GitProgram;
  readonly onError: (error: unknown) => void;
}

const sessionVariable = "HOP3_GIT_SESSION";
/** A line of the hook that says who it is. */
const greeting = /^([0-9a-f]{32}) (report|progress)$/;
const greetingLength = 64;

export async function openHookDoor(options: HookDoorOptions): Promise<HookDoor> {
  await writeHook(options);
  const visits = new Map<string, Visit>();
  const server = createServer((socket) => {
    socket.on("error", () => {});
    greet(socket, visits).then(
      ({ visit, connection }) => begin(Object.assign(visit, connection), options.onError),
      () => socket.destroy(),
    );
  });
  await listenForGit(server, options.socket, options.git.user);
  return {
    open(judge) {
      const id = randomBytes(16).toString("hex");
      visits.set(id, { judge });
      return { env: { [sessionVariable]: id }, end: () => visits.delete(id) };
    },
    close: () => server.close(),
  };
}

/** Programs are called by their whole paths, nothing of the pusher is on a line. */
async function writeHook({ hooksDir, socket, git }: HookDoorOptions): Promise<void> {
  const { shell, command, copy } = git.client;
  const call = (script: string): string => command(socket, script);
  const progress = `echo "$${sessionVariable} progress" >&7 && ${copy(6, 2)}`;
  const report = `{ echo "$${sessionVariable} report" >&7 && exec ${copy(3, 7)}; } & ${copy(6, 1)}; kill $! 2>/dev/null; wait`;
  await mkdir(hooksDir, { recursive: true, mode: 0o755 });
  const hook = join(hooksDir, "proc-receive");
  await writeFile(hook, `#!${shell} sh\nexec 3<&0\n${call(progress)} &\n${call(report)}\nwait\n`);
  await chmod(hook, 0o755);
}

/** Reads the first line of a connection, which says whose it is. */
async function greet(
  socket: Socket,
  visits: ReadonlyMap<string, Visit>,
): Promise<{ visit: Visit; connection: Connection }> {
  const chunks: AsyncIterator<Buffer> = socket[Symbol.asyncIterator]();
  let text = "";
  while (!text.includes("\n") && text.length <= greetingLength) {
    const { done, value } = await chunks.next();
    if (done === true) break;
    text += value.toString("latin1");
  }
  const end = text.indexOf("\n");
  const [, id = "", role] = greeting.exec(text.slice(0, end)) ?? [];
  const visit = visits.get(id);
  if (visit === undefined) throw new Error("a connection of no push");
  const first = Buffer.from(text.slice(end + 1), "latin1");
  const isReport = role === "report";
  return {
    visit,
    connection: isReport
      ? { report: { socket, stream: resumed(first, chunks) } }
      : { progress: socket },
  };
}

/** What follows the greeting. */
async function* resumed(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first;
  for (;;) {
    const { done, value } = await rest.next();
    if (done === true) return;
    yield value;
  }
}

/** When both connections of a visit are there. */
function begin({ report, progress, judge }: Visit, onError: (error: unknown) => void): void {
  if (report === undefined || progress === undefined) return;
  receive({ report, progress, judge }).catch(onError);
}

async function receive({ report, progress, judge }: Required<Visit>): Promise<void> {
  const gone = new AbortController();
  progress.once("close", () => gone.abort());
  progress.resume();
  const { socket, stream } = report;
  try {
    const request = await readRequest(makeSectionReader(stream), socket);
    if (request === undefined) return;
    const say = (line: string): void => void progress.write(`${line}\n`);
    const verdicts = await judge({ ...request, say, signal: gone.signal });
    const answer = request.commands.flatMap(({ ref }, index) => answerFor(ref, verdicts[index]));
    await new Promise<void>((resolve) => progress.end(resolve));
    socket.end(encodeSection(answer));
  } finally {
    progress.destroySoon();
    socket.destroySoon();
  }
}

async function readRequest(
  sections: SectionReader,
  socket: Socket,
): Promise<Pick<PushRequest, "commands" | "options"> | undefined> {
  const hello = await sections.next();
  const [version = "", features = ""] = hello?.[0]?.split("\0") ?? [];
  if (version !== "version=1") return undefined;
  const hasOptions = features.split(" ").includes("push-options");
  socket.write(encodeSection([hasOptions ? "version=1\0push-options" : "version=1"]));
  const commands = (await sections.next())?.map(parseCommand);
  const options = hasOptions ? await sections.next() : [];
  return commands && options && { commands, options };
}

function parseCommand(line: string): RefCommand {
  const [old = "", next = "", ...ref] = line.split(" ");
  return { old, new: next, ref: ref.join(" ") };
}

/** git itself changes what is let through: it knows about shallow histories and writes its own log. */
function answerFor(ref: string, verdict: Verdict): readonly string[] {
  return verdict === undefined ? [`ok ${ref}`, "option fall-through"] : [`ng ${ref} ${verdict}`];
}
