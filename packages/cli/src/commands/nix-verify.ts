import type { CheckedDerivation, FileDifference, Verification } from "@hop3/core";
import { chooseApp } from "../app.ts";
import { type Block, fields, line, type Span, table } from "../blocks.ts";
import { at } from "../client.ts";
import type { Answer } from "../command.ts";
import type { Context } from "../context.ts";
import { followWork } from "../follow-work.ts";
import type { Input } from "../input.ts";
import { formatDuration } from "../text.ts";

const shownFiles = 20;

/** Builds a Release a second time on the server and says whether the same bytes come out. */
export async function nixVerify(input: Input, context: Context): Promise<Answer> {
  const app = await chooseApp(input, context);
  const release = input.whole("release") ?? (await currentRelease(app, context));
  const verification = await verify({ app, release }, context);
  return {
    json: { app, release, ...verification },
    blocks: verificationBlocks(verification),
    exitCode: verification.state === "reproducible" ? 0 : 1,
  };
}

async function currentRelease(app: string, context: Context): Promise<number> {
  const request = { path: at`/apps/${app}`, signal: context.signal };
  const { currentRelease } = await context.client.json(request, "AppDetail");
  // The server says what is missing where there is none.
  return currentRelease?.number ?? 1;
}

async function verify(
  { app, release }: { readonly app: string; readonly release: number },
  context: Context,
): Promise<Verification> {
  const path = at`/apps/${app}/releases/${String(release)}/verify`;
  const request = { method: "POST", path, body: {}, signal: context.signal } as const;
  const show = (text: string): void => context.output.notice(line({ text, tone: "dim" }));
  const lines = context.client.lines(request, "VerifyLine");
  return (await followWork(lines, "POST …/verify", show)).verification;
}

function verificationBlocks(found: Verification): Block[] {
  const state: Span = { text: found.state, tone: found.state === "reproducible" ? "good" : "bad" };
  const built = found.derivations.filter(({ kind }) => kind === "build").length;
  const fetched = found.derivations.length - built;
  const differing = found.derivations.filter(({ differences }) => differences !== undefined);
  const failed = found.derivations.filter(({ evidence }) => evidence !== undefined);
  return [
    fields([
      ["result", state],
      ["because", found.reason],
      ["built again", String(built)],
      ["fetched again", String(fetched)],
      ["took", formatDuration(found.ms)],
    ]),
    ...differing.flatMap(differenceBlocks),
    ...failed.flatMap(evidenceBlocks),
  ];
}

function differenceBlocks({ name, differences = [], differing }: CheckedDerivation): Block[] {
  const count = differing ?? differences.length;
  const rows = differences.slice(0, shownFiles).map((each) => [`  ${each.path}`, explain(each)]);
  const rest = count - rows.length;
  return [
    line(""),
    line({ text: `${name}: ${count} file${count === 1 ? " differs" : "s differ"}`, tone: "bold" }),
    table([], rows),
    ...(rest > 0 ? [line(`  and ${rest} more; --json has the list`)] : []),
  ];
}

function explain({ kind, offset, sizes }: FileDifference): string {
  switch (kind) {
    case "bytes":
      return `other bytes from ${offset ?? 0} on`;
    case "size":
      return `${sizes?.[0] ?? 0} bytes, then ${sizes?.[1] ?? 0}; they part at ${offset ?? 0}`;
    case "mode":
      return "executable only once";
    case "target":
      return "a link to another place";
    case "type":
      return "once a file, once something else";
    case "missing":
      return "not made the second time";
    case "added":
      return "made the second time only";
  }
}

function evidenceBlocks({ name, state, evidence = "" }: CheckedDerivation): Block[] {
  const text = evidence.split("\n").map((each) => line({ text: `  ${each}`, tone: "dim" }));
  return [line(""), line({ text: `${name}: ${state}`, tone: "bold" }), ...text];
}
