import { pipeline, Readable } from "node:stream";
import { createGzip } from "node:zlib";
import type { UploadState } from "@hop3/core";
import { makeUploadPages, type UploadPage } from "@hop3/core/source";
import { type ApiRequest, at } from "../client.ts";
import type { Context } from "../context.ts";
import { batchPieces, packPieces, type WantedFile } from "./frames.ts";
import type { HashedEntry } from "./hash-source.ts";
import { makePatience } from "./patience.ts";
import type { Amount, Progress } from "./progress.ts";
import { isWorthZipping } from "./worth-zipping.ts";

/** So few pages go along at once: most trees need one question less. */
const pagesAtOnce = 4;
/** Of one request. */
const mostPageBytes = 8 * 1024 * 1024;

export interface SendRequest {
  readonly app: string;
  readonly entries: readonly HashedEntry[];
  readonly progress: Progress;
}

/** A complete upload, and how much of it had to be sent. */
export interface SentUpload extends Amount {
  readonly id: string;
}

/** Sends what the server lacks of a tree, and goes on where it stopped when the connection breaks. */
export async function sendSource(context: Context, request: SendRequest): Promise<SentUpload> {
  const { entries, progress } = request;
  const pages = makeUploadPages(entries.map(({ listed }) => listed));
  const session = { ...request, context, pages, isFar: await isFarAway(context) };
  const patience = makePatience(context);
  let first: Amount | undefined;
  while (true) {
    try {
      const state = await patience.settled(() => exchangeList(session));
      const wanted = wantedFiles(entries, state);
      const amount = amountOf(wanted);
      first ??= amount;
      patience.connected(amount);
      progress.begin(amount);
      await sendContents(session, state.id, wanted);
      return { ...first, id: state.id };
    } catch (error) {
      progress.close();
      await patience.wait(error);
    } finally {
      progress.close();
    }
  }
}

interface Session extends SendRequest {
  readonly context: Context;
  readonly pages: readonly UploadPage[];
  /** Between processes of one machine zipping takes longer than it saves. */
  readonly isFar: boolean;
}

async function isFarAway({ client }: Context): Promise<boolean> {
  return (await client.endpoint()).kind !== "socket";
}

/** Tells the server which files there are, in as few bytes as it needs to know. */
async function exchangeList(session: Session): Promise<UploadState> {
  const { app, pages } = session;
  const isShort = pages.length <= pagesAtOnce;
  const lines = pages.map(({ text, hash }) => (isShort ? text : hash));
  let state = await postLines(session, at`/apps/${app}/uploads`, lines);
  const path = at`/apps/${app}/uploads/${state.id}/pages`;
  while (state.missingPages.length > 0) {
    state = await postLines(session, path, nextPages(pages, state));
  }
  return state;
}

function nextPages(pages: readonly UploadPage[], { missingPages }: UploadState): string[] {
  const texts: string[] = [];
  let bytes = 0;
  for (const [from, to] of missingPages) {
    for (const { text } of pages.slice(from, to)) {
      bytes += text.length;
      if (texts.length > 0 && bytes > mostPageBytes) return texts;
      texts.push(text);
    }
  }
  return texts;
}

async function postLines(
  session: Session,
  path: string,
  lines: readonly string[],
): Promise<UploadState> {
  const body = Readable.from([`${lines.join("\n")}\n`], { objectMode: false });
  const request = sendAs(session, "application/x-ndjson", { body, isZipped: session.isFar });
  return await session.context.client.json({ ...request, path }, "UploadState");
}

function sendAs(
  { context }: Session,
  type: string,
  { body, isZipped }: { readonly body: Readable; readonly isZipped: boolean },
): Omit<ApiRequest, "path"> {
  const { signal } = context;
  const headers = { "content-type": type };
  if (!isZipped) return { method: "POST", upload: body, headers, signal };
  // The fastest level: what takes long on a fast line must not take longer for being zipped.
  const upload = pipeline(body, createGzip({ level: 1 }), () => {});
  return { method: "POST", upload, headers: { ...headers, "content-encoding": "gzip" }, signal };
}

/** In the server's order, with what has arrived of each. */
function wantedFiles(
  entries: readonly HashedEntry[],
  { missing, arrived }: UploadState,
): readonly WantedFile[] {
  const parts = new Map(arrived);
  return missing.flatMap(([from, to]) =>
    entries.slice(from, to).flatMap(({ listed, absolute }, index): WantedFile[] => {
      if ("link" in listed) return [];
      const { path, hash, size } = listed;
      return [{ path, hash, size, absolute, arrived: parts.get(from + index) ?? 0 }];
    }),
  );
}

function amountOf(wanted: readonly WantedFile[]): Amount {
  const bytes = wanted.reduce((sum, { size, arrived }) => sum + size - arrived, 0);
  return { files: wanted.length, bytes };
}

async function sendContents(
  session: Session,
  id: string,
  wanted: readonly WantedFile[],
): Promise<void> {
  const { app, progress, context } = session;
  const path = at`/apps/${app}/uploads/${id}/contents`;
  const events = { onBytes: progress.add, onFile: progress.fileDone };
  for (const batch of batchPieces(wanted)) {
    const isZipped = session.isFar && (await isWorthZipping(batch));
    const body = packPieces(batch, events);
    const request = sendAs(session, "application/octet-stream", { body, isZipped });
    await context.client.json({ ...request, path }, "UploadReceived");
  }
}
