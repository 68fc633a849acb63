import { join } from "node:path";
import {
  defineError,
  ExitCode,
  type Hop3Lock,
  hop3LockFile,
  type LockPlan,
  type MissingHash,
  missingHashes,
  noConfig,
  parseHop3Lock,
  planLock,
  printHop3Lock,
} from "@hop3/core";
import { makeDirectoryTree } from "@hop3/core/node";
import { type Block, line } from "../blocks.ts";
import { at } from "../client.ts";
import type { Answer } from "../command.ts";
import { readConfigFile, resolveFrom } from "../config-file.ts";
import type { Context } from "../context.ts";
import { readIfThere, writeText } from "../files.ts";
import { followWork } from "../follow-work.ts";
import type { Input } from "../input.ts";
import { readSource } from "../source.ts";

const lockOutOfDate = defineError<{
  file: string;
  missing: readonly string[];
  stale: readonly string[];
}>({
  code: "LOCK_OUT_OF_DATE",
  exitCode: ExitCode.failure,
  status: 409,
  message: ({ file, missing, stale }) =>
    missing.length > 0
      ? `${file} lacks ${dependencies(missing.length)}`
      : `${file} has ${dependencies(stale.length)} that nothing asks for`,
  hint: () => "Bring it up to date: hop3 nix lock",
  place: ({ file }) => ({ file }),
  detail: ({ missing, stale }) =>
    [...missing.map((key) => `+ ${key}`), ...stale.map((key) => `- ${key}`)].join("\n"),
});

/** Writes hop3.lock: hashes of what the app's own lockfiles pin by none. */
export async function nixLock(input: Input, context: Context): Promise<Answer> {
  const directory = resolveFrom(context, input.args[0] ?? ".");
  const loaded = (await readConfigFile(directory)) ?? noConfig();
  const tree = makeDirectoryTree(await readSource(directory, loaded, context));
  const file = join(directory, hop3LockFile);
  const before = await readIfThere(file);
  const plan = planLock(parseHop3Lock(before), await missingHashes(tree));
  if (input.flag("check")) return check(plan);
  const fetched = plan.wanted.length === 0 ? {} : await fetchHashes(plan.wanted, context);
  const lock: Hop3Lock = { version: 1, packages: { ...plan.kept, ...fetched } };
  const hasEntries = Object.keys(lock.packages).length > 0;
  const after = hasEntries ? printHop3Lock(lock) : undefined;
  if (after !== before) await writeText(file, after);
  return {
    json: {
      file: after === undefined ? null : hop3LockFile,
      changed: after !== before,
      added: plan.wanted.map(({ key }) => key),
      dropped: plan.dropped,
      packages: lock.packages,
    },
    blocks: report(plan, { before, after }),
  };
}

function check({ kept, wanted, dropped }: LockPlan): Answer {
  const missing = wanted.map(({ key }) => key);
  if (missing.length + dropped.length > 0) {
    throw lockOutOfDate({ file: hop3LockFile, missing, stale: dropped });
  }
  const count = Object.keys(kept).length;
  const text =
    count === 0
      ? "Every dependency has a hash in its own lockfile; no hop3.lock is needed."
      : `${hop3LockFile} is up to date: ${dependencies(count)}.`;
  return { json: { upToDate: true, packages: kept }, blocks: [line(text)] };
}

/** The server downloads: it has the addresses of the registries, and their tokens. */
async function fetchHashes(
  packages: readonly MissingHash[],
  context: Context,
): Promise<Hop3Lock["packages"]> {
  const path = at`/nix/lock`;
  const { signal, output } = context;
  const request = { method: "POST", path, body: { packages }, signal } as const;
  let done = 0;
  const show = (text: string): void => {
    done += 1;
    output.notice(line({ text: `${done}/${packages.length}  ${text}`, tone: "dim" }));
  };
  const lines = context.client.lines(request, "LockLine");
  return (await followWork(lines, "POST /nix/lock", show)).packages;
}

function dependencies(count: number): string {
  return count === 1 ? "1 dependency" : `${count} dependencies`;
}

interface Texts {
  readonly before: string | undefined;
  readonly after: string | undefined;
}

function report({ kept, wanted, dropped }: LockPlan, { before, after }: Texts): Block[] {
  if (after === undefined) {
    const removed = before === undefined ? "" : `; ${hop3LockFile} was removed`;
    return [
      line(`Every dependency has a hash in its own lockfile; no hop3.lock is needed${removed}.`),
    ];
  }
  const changes = [
    ...wanted.map(({ key }) => line({ text: "+ ", tone: "good" }, key)),
    ...dropped.map((key) => line({ text: "- ", tone: "bad" }, key)),
  ];
  const count = dependencies(Object.keys(kept).length + wanted.length);
  if (after === before) return [...changes, line(`${hop3LockFile} is up to date: ${count}.`)];
  return [...changes, line(`Wrote ${hop3LockFile}: ${count}. Add it to the app's repository.`)];
}
