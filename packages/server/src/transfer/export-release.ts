import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { App } from "../db/apps.ts";
import type { Release } from "../db/releases.ts";
import type { Platform } from "../deploy/platform.ts";
import { requireReadable } from "../deploy/readable.ts";
import { signingKey, writeCache } from "../nix/binary-cache.ts";
import { bundlePaths, dropPresent, packBundle } from "./bundle.ts";
import { releaseNotPortable } from "./transfer-errors.ts";

export interface ExportRequest {
  readonly app: App;
  readonly release: Release;
  /** Hash parts of store paths that the receiver has. */
  readonly present: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

/** A Release as one stream, signed: its closure as far as the receiver lacks it, and what it is. */
export async function exportRelease(
  platform: Platform,
  { app, release, present, signal }: ExportRequest,
): Promise<AsyncIterable<Buffer>> {
  const { artifact, settings, number } = release;
  const refuse = (reason: string) => releaseNotPortable({ app: app.name, release: number, reason });
  requireReadable(app, release);
  if (artifact === undefined || settings === undefined) throw refuse("it was never built");
  if (artifact.kind !== "nix") throw refuse(`the builder ${artifact.builder} leaves no closure`);
  if (release.state === "archived") throw refuse("its closure is not kept any more");
  const dir = await mkdtemp(join(platform.home.uploads, "export-"));
  try {
    const paths = bundlePaths(dir);
    const key = await signingKey(platform.home.keys);
    const request = { dir: paths.cache, storePath: artifact.location, signal };
    const written = await writeCache(request, key);
    signal.throwIfAborted();
    if (written.exitCode !== 0) throw refuse(written.stderr.trim().split("\n").at(-1) ?? "");
    await dropPresent(paths, present);
    const pack = await packBundle(paths, {
      schema: 1,
      app: app.name,
      number,
      artifact,
      settings,
      configKeys: [...release.configKeys],
    });
    return readAndRemove(pack, dir);
  } catch (error) {
    await rm(dir, { recursive: true, force: true });
    throw error;
  }
}

/** Whoever leaves in the middle leaves nothing behind either. */
async function* readAndRemove(pack: AsyncIterable<Buffer>, dir: string): AsyncGenerator<Buffer> {
  try {
    yield* pack;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
