import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { defineError, ExitCode, type NixCheck } from "@hop3/core";
import type { BuildIo } from "@hop3/core/plugin";
import type { Platform } from "./platform.ts";
import { type ReadPlan, readPlan } from "./read-plan.ts";
import { unpack } from "./receive.ts";

export const nothingToEvaluate = defineError<{ builder: string; reason: string }>({
  code: "NIX_NOTHING_TO_CHECK",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ builder, reason }) =>
    `the builder '${builder}' takes this app (${reason}): there is no expression to check`,
  hint: () => "See how the builder was chosen: hop3 plan --why",
});

export interface CheckRequest {
  readonly app: string;
  /** Writes the uploaded archive to a file. */
  receive(archive: string): Promise<void>;
  readonly signal: AbortSignal;
}

/** Evaluates an uploaded tree as a deploy would, builds nothing and records nothing. */
export async function checkSource(platform: Platform, request: CheckRequest): Promise<NixCheck> {
  const dir = join(platform.home.uploads, `check-${randomUUID()}`);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  try {
    const archive = join(dir, "source.tar.gz");
    await request.receive(archive);
    return await checkArchive(platform, request, { dir, archive });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function checkArchive(
  platform: Platform,
  { app, signal }: CheckRequest,
  { dir, archive }: { readonly dir: string; readonly archive: string },
): Promise<NixCheck> {
  const warnings: string[] = [];
  const { policy } = platform.settings;
  const receive = {
    archive,
    dir: join(dir, "source"),
    limits: { maxBytes: policy["max-upload-bytes"], maxFiles: policy["max-source-files"] },
    onWarning: (text: string) => warnings.push(text),
  };
  const read = await readPlan(platform, { app, receive }, await unpack(receive));
  const { plan } = read;
  const builder = platform.builders.get(plan.builder);
  if (builder?.check === undefined) {
    throw nothingToEvaluate({ builder: plan.builder, reason: plan.reason });
  }
  const io = checkIo(read, { app, dir, signal, warnings });
  try {
    const checked = await builder.check(plan, io);
    return { ...checked, plan: { ...plan, warnings: [...plan.warnings, ...warnings] } };
  } catch (error) {
    throw read.explain(error);
  }
}

function checkIo(
  { source, overrides, generate }: ReadPlan,
  {
    app,
    dir,
    signal,
    warnings,
  }: {
    readonly app: string;
    readonly dir: string;
    readonly signal: AbortSignal;
    readonly warnings: string[];
  },
): BuildIo {
  return {
    app,
    source,
    overrides,
    generate,
    releaseDir: dir,
    signal,
    phase: (_name, work) => work(),
    log: () => {},
    note: (level, text) => {
      if (level === "warning") warnings.push(text);
    },
    findResult: () => undefined,
  };
}
