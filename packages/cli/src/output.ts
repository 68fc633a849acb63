import type { Answer } from "@hop3/core/plugin";
import { type Block, line, renderBlocks, type Span } from "./blocks.ts";
import { describeError } from "./errors.ts";

/** Where text goes; a terminal says so itself. */
export interface OutputStream {
  write(chunk: string | Uint8Array): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface OutputOptions {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: NodeJS.ProcessEnv;
  readonly json: boolean;
  readonly verbose: boolean;
}

/** The only way from a command to the screen. */
export interface Output {
  readonly json: boolean;
  readonly verbose: boolean;
  /** True where a line may be redrawn: standard output is a terminal, and a person reads it. */
  readonly live: boolean;
  /** True where standard output is a terminal, so that bytes of others must be made safe. */
  readonly terminal: boolean;
  readonly columns: number;
  /** Lines for people; nothing with `--json`. */
  print(...blocks: Block[]): void;
  /** Something beside the result, for people, on standard error; nothing with `--json`. */
  notice(...blocks: Block[]): void;
  /** One element of a stream: a JSON line, or what `toBlocks` makes of it. */
  stream(value: unknown, toBlocks: () => readonly Block[]): void;
  /** Bytes that are not ours to judge, as they are. */
  raw(chunk: string | Uint8Array, to?: "stdout" | "stderr"): void;
  /** The transient last line of a live display; empty takes it away. */
  redraw(spans: readonly Span[]): void;
  answer(answer: Answer): void;
  error(error: unknown): void;
}

export function makeOutput(options: OutputOptions): Output {
  const { stdout, stderr, env, json, verbose } = options;
  const terminal = stdout.isTTY === true;
  const write = (stream: OutputStream, blocks: readonly Block[]): void => {
    const colour = mayColour(stream, env);
    for (const text of renderBlocks(blocks, { colour })) stream.write(`${text}\n`);
  };
  const writeJson = (value: unknown, indent?: number): void => {
    stdout.write(`${JSON.stringify(value, undefined, indent)}\n`);
  };
  const writeValue = (value: unknown): void => writeJson(value, terminal ? 2 : undefined);
  const print = (...blocks: Block[]): void => {
    if (!json) write(stdout, blocks);
  };

  return {
    json,
    verbose,
    live: terminal && !json && env["TERM"] !== "dumb",
    terminal,
    // A terminal of unknown size says 0.
    columns: stdout.columns || 80,
    print,
    notice: (...blocks) => {
      if (!json) write(stderr, blocks);
    },
    stream: (value, toBlocks) => {
      if (json) writeJson(value);
      else write(stdout, toBlocks());
    },
    raw: (chunk, to = "stdout") => {
      (to === "stdout" ? stdout : stderr).write(chunk);
    },
    redraw: (spans) => {
      const [text = ""] = renderBlocks([line(...spans)], { colour: mayColour(stdout, env) });
      stdout.write(`\r\u001b[K${text}`);
    },
    answer: (answer) => {
      if (json && answer.json !== undefined) writeValue(answer.json);
      else if (!json && answer.raw !== undefined) stdout.write(answer.raw);
      else print(...answer.blocks);
    },
    error: (error) => {
      const { exitCode: _, ...described } = describeError(error);
      if (json) writeValue({ error: described });
      else write(stderr, errorBlocks(error, verbose));
    },
  };
}

/** The one shape of a failure on screen: what and where, what to do, then the evidence indented. */
function errorBlocks(error: unknown, verbose: boolean): Block[] {
  const { code, message, hint, place, detail } = describeError(error);
  const where = place === undefined || message.includes(place) ? "" : `${place}: `;
  const [first = "", ...more] = message.split(/\r?\n/);
  const blocks = [line({ text: "error", tone: "bad" }, ` ${code}  ${where}${first}`)];
  blocks.push(...more.map((text) => line(`  ${text}`)));
  if (hint !== undefined) blocks.push(line({ text: "hint", tone: "warn" }, `  ${hint}`));
  if (detail !== undefined) blocks.push(...indent(detail));
  if (verbose && error instanceof Error) {
    const cause = error.cause instanceof Error ? `\ncaused by ${error.cause.stack}` : "";
    blocks.push(...indent(`${error.stack ?? ""}${cause}`));
  }
  return blocks;
}

function indent(text: string): Block[] {
  const lines = text.replace(/\n+$/, "").split(/\r?\n/);
  return lines.map((each) => line({ text: `  ${each}`, tone: "dim" }));
}

function mayColour(stream: OutputStream, env: NodeJS.ProcessEnv): boolean {
  if (stream.isTTY !== true || env["TERM"] === "dumb") return false;
  return env["NO_COLOR"] === undefined || env["NO_COLOR"] === "";
}
