import type { LoadedConfig } from "@hop3/core";
import { Hop3Error } from "@hop3/core/base";
import type { SourceEntry } from "@hop3/core/source";
import { line } from "../blocks.ts";
import type { Context } from "../context.ts";
import { formatBytes, plural } from "../text.ts";
import { hashSource } from "./hash-source.ts";
import { makeProgress } from "./progress.ts";
import { type SentUpload, sendSource } from "./send-source.ts";
import { openStatCache, type StatCache } from "./stat-cache.ts";

/** A tree that is to be deployed. */
export interface Project {
  readonly app: string;
  readonly directory: string;
  readonly loaded: LoadedConfig | undefined;
  readonly entries: readonly SourceEntry[];
}

/** Brings all of a tree to the server, as little of it as that needs, and returns what the upload is called. */
export async function uploadSource(project: Project, context: Context): Promise<string> {
  const { directory } = project;
  const { env, version } = context;
  const cache = await openStatCache({ env, directory, version });
  const sent = await sendOnce(project, cache, context).catch(async (error: unknown) => {
    if (!hasCode(error, "UPLOAD_CONTENT_WRONG")) throw error;
    // A file has changed without a trace, or while it was sent: the second time all of them are read.
    await cache.forget();
    return await sendOnce(project, cache, context);
  });
  context.output.print(line(describe(sent, project.entries.length)));
  return sent.id;
}

async function sendOnce(
  { app, entries, loaded }: Project,
  cache: StatCache,
  context: Context,
): Promise<SentUpload> {
  const reading = makeProgress("reading", context);
  const sending = makeProgress("sending", context);
  try {
    const hashed = await hashSource(entries, { loaded, cache, progress: reading });
    reading.close();
    return await sendSource(context, { app, entries: hashed, progress: sending });
  } finally {
    reading.close();
    sending.close();
  }
}

function describe({ files, bytes }: SentUpload, all: number): string {
  if (files === 0) return "Sent nothing: the server has all of these files";
  const count = files === all ? plural(files, "file") : `${files} of ${plural(all, "file")}`;
  return `Sent ${count} (${formatBytes(bytes)})`;
}

export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Hop3Error && codes.includes(error.failure.code);
}
