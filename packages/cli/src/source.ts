import { relative } from "node:path";
import { Readable } from "node:stream";
import type { LoadedConfig } from "@hop3/core";
import {
  makeSourceFilter,
  type SourceEntry,
  scanSource,
  sourceEmpty,
  sourceSecret,
  sourceUnreadable,
  walkSource,
} from "@hop3/core/source";
import { create } from "tar";
import { line } from "./blocks.ts";
import type { Context } from "./context.ts";

/** What may leave this machine of a directory; fails where a file of it looks like a secret. */
export async function readSource(
  directory: string,
  loaded: LoadedConfig | undefined,
  context: Pick<Context, "output">,
): Promise<SourceEntry[]> {
  const entries = await listSource(directory, loaded, context);
  await requireNoSecrets(entries, loaded);
  return entries;
}

/** What the filter keeps of a directory; nobody has looked into the files yet. */
export async function listSource(
  directory: string,
  loaded: LoadedConfig | undefined,
  context: Pick<Context, "output">,
): Promise<SourceEntry[]> {
  const build = loaded?.config.build;
  const filter = makeSourceFilter({ buildIgnore: build?.ignore ?? [] });
  const dropped: string[] = [];
  const entries: SourceEntry[] = [];
  const walk = walkSource(directory, filter, {
    onDropped: (path, reason) => dropped.push(`${path}: ${reason}`),
    onWarning: (text) =>
      context.output.notice(line({ text: "warning", tone: "warn" }, `  ${text}`)),
  });
  for await (const entry of walk) entries.push(entry);
  if (entries.length === 0) throw sourceEmpty({ directory, dropped });
  if (context.output.verbose) {
    const texts = dropped.map((text) => line({ text: `  left out  ${text}`, tone: "dim" }));
    context.output.notice(...texts);
  }
  return entries;
}

/** Fails where a file looks like a secret that the configuration does not allow. */
export async function requireNoSecrets(
  entries: readonly SourceEntry[],
  loaded: LoadedConfig | undefined,
): Promise<void> {
  const findings = await scanSource(entries, allowedSecrets(loaded));
  if (findings.length > 0) throw sourceSecret({ findings });
}

export function allowedSecrets(loaded: LoadedConfig | undefined): readonly string[] {
  return loaded?.config.build?.["allow-secrets"] ?? [];
}

/** The entries, and nothing else, as a stream of tar.gz. */
export function packSource(directory: string, entries: readonly SourceEntry[]): Readable {
  return Readable.from(packChunks(directory, entries), { objectMode: false });
}

async function* packChunks(
  directory: string,
  entries: readonly SourceEntry[],
): AsyncGenerator<Buffer> {
  // The leading ./ keeps a name that begins with @ from being taken for an archive to include.
  const paths = entries.map(({ path }) => `./${path}`);
  const options = { cwd: directory, gzip: true, portable: true, noDirRecurse: true, strict: true };
  try {
    for await (const chunk of create(options, paths)) yield chunk;
  } catch (cause) {
    // Files that were there a moment ago; told apart here from a connection that breaks.
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw sourceUnreadable({ path: failedPath(cause, directory), reason }, { cause });
  }
}

function failedPath(error: unknown, directory: string): string {
  if (!(error instanceof Error) || !("path" in error)) return directory;
  return typeof error.path === "string" ? relative(directory, error.path) : directory;
}
