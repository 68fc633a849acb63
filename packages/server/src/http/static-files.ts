import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import type { Context } from "hono";

/** All that a page needs comes from this server, and nothing can be written into it or shown around it. */
const headers = {
  "content-security-policy": [
    "default-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join("; "),
  "cross-origin-opener-policy": "same-origin",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
} as const;

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".woff2": "font/woff2",
};

/** What the build has written beside each file, best first. */
const encodings = [
  { name: "br", ending: ".br" },
  { name: "gzip", ending: ".gz" },
] as const;

/** Names of one segment with an ending: none of them leads out of the directory. */
export function isFileName(name: string): boolean {
  return /^[A-Za-z0-9_-][\w.-]*\.[a-z0-9]+$/.test(name) && types[extname(name)] !== undefined;
}

export interface Served {
  readonly file: string;
  /** Its name changes with what is in it: nobody has to ask again. */
  readonly isHashed?: boolean;
  readonly status?: 200 | 404;
}

/** A file as it was compressed when it was built, where the browser takes that; `undefined` where it is not there. */
export async function serveFile(
  c: Context,
  { file, isHashed, status = 200 }: Served,
): Promise<Response | undefined> {
  const found = await readEncoded(file, c.req.header("accept-encoding") ?? "");
  if (found === undefined) return undefined;
  const { body, encoding } = found;
  const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
  const all = {
    ...headers,
    "content-type": types[extname(file)] ?? "application/octet-stream",
    "cache-control": isHashed === true ? "public, max-age=31536000, immutable" : "no-cache",
    vary: "accept-encoding",
    etag,
    ...(encoding === undefined ? {} : { "content-encoding": encoding }),
  };
  if (status === 200 && c.req.header("if-none-match") === etag)
    return new Response(null, { status: 304, headers: all });
  return new Response(new Uint8Array(body), {
    status,
    headers: { ...all, "content-length": String(body.byteLength) },
  });
}

interface Encoded {
  readonly body: Buffer;
  readonly encoding?: string;
}

async function readEncoded(file: string, accepted: string): Promise<Encoded | undefined> {
  const names = accepted.split(",").filter((part) => !/;\s*q=0(\.0*)?\s*$/.test(part));
  const wanted = new Set(names.map((part) => part.replace(/;.*/, "").trim()));
  for (const { name, ending } of encodings) {
    const body = wanted.has(name) ? await readOrNothing(file + ending) : undefined;
    if (body !== undefined) return { body, encoding: name };
  }
  const body = await readOrNothing(file);
  return body && { body };
}

function readOrNothing(file: string): Promise<Buffer | undefined> {
  return readFile(file).catch(() => undefined);
}
