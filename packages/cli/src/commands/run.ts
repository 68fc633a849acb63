import { fstatSync } from "node:fs";
import { constants } from "node:os";
import type { RunFrame, RunRequestBody } from "@hop3/core";
import { chooseApp } from "../app.ts";
import { at } from "../client.ts";
import type { Answer } from "../command.ts";
import type { Context, InputStream } from "../context.ts";
import { answerNotUnderstood } from "../errors.ts";
import type { Input } from "../input.ts";
import { readBytes } from "../prompt.ts";

type End = Extract<RunFrame, { type: "end" }>;

export async function run(input: Input, context: Context): Promise<Answer> {
  const app = await chooseApp(input, context);
  const command = [...input.args];
  const stdin = await pipedInput(context);
  const body: RunRequestBody = { command, ...(stdin === undefined ? {} : { stdin }) };
  const kept: Record<"stdout" | "stderr", Buffer[]> = { stdout: [], stderr: [] };
  const request = {
    method: "POST",
    path: at`/apps/${app}/run`,
    body,
    signal: context.signal,
  } as const;
  for await (const frame of context.client.lines(request, "RunFrame")) {
    if (frame.type === "end") return answerEnd(frame, kept);
    const bytes = Buffer.from(frame.data, "base64");
    if (context.output.json) kept[frame.type].push(bytes);
    else context.output.raw(bytes, frame.type);
  }
  throw answerNotUnderstood({ request: `POST ${request.path}`, because: "it has no end" });
}

function answerEnd(end: End, kept: Record<"stdout" | "stderr", Buffer[]>): Answer {
  const { exitCode, signal } = end;
  const stdout = Buffer.concat(kept.stdout).toString("utf8");
  const stderr = Buffer.concat(kept.stderr).toString("utf8");
  return { json: { exitCode, signal, stdout, stderr }, blocks: [], exitCode: codeOf(end) };
}

/** As a shell reports it: 128 and the number where a signal ended the command. */
function codeOf({ exitCode, signal }: End): number {
  if (exitCode !== null) return exitCode;
  const numbers: Readonly<Record<string, number>> = constants.signals;
  return 128 + (numbers[signal ?? ""] ?? 0);
}

/** Standard input, base64, where something was put there on purpose: a pipe or a file, not a terminal or /dev/null. */
async function pipedInput(context: Context): Promise<string | undefined> {
  if (context.stdin.isTTY === true || !mayHoldInput(context.stdin)) return undefined;
  return (await readBytes(context)).toString("base64");
}

function mayHoldInput({ fd }: InputStream): boolean {
  if (fd === undefined) return true;
  try {
    const found = fstatSync(fd);
    return found.isFIFO() || found.isFile() || found.isSocket();
  } catch {
    // Closed: nothing can come from it.
    return false;
  }
}
