import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { defineError, ExitCode } from "@hop3/core";
import { type Context, Hono } from "hono";
import { guard } from "./access.ts";
import { noSuchRoute } from "./errors.ts";

export const pageMissing = defineError<{ dir: string }>({
  code: "PAGE_MISSING",
  exitCode: ExitCode.failure,
  status: 404,
  message: ({ dir }) => `this server has no web page: ${dir} is not built`,
  hint: () => "Build it: npm run build. The API and the hop3 command work without it",
});

/**
 * Where the built page is: beside `dist/` in an installed package, in its own package in a checkout. The latter where
 * there is neither.
 */
export function findPageDir(): string {
  const here = import.meta.dirname;
  const installed = join(here, "../../page");
  return existsSync(installed) ? installed : join(here, "../../../web/dist/page");
}

/** All that the page needs comes from this server, and nothing can be written into it or shown around it. */
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

/**
 * The page and what it is made of. There is no data in it, so strangers may have it. Every other address is the page
 * too, which finds out by itself what to show there; those of the API are not.
 */
export function pageRoutes(dir: string): Hono {
  const serve = async (c: Context): Promise<Response> => {
    const { path } = c.req;
    if (path.startsWith("/assets/")) return serveAsset(c, dir, path.slice("/assets/".length));
    const name = path.slice(1);
    const answer = isFileName(name) ? await serveFile(c, { file: join(dir, name) }) : undefined;
    return answer ?? serveIndex(c, dir);
  };
  return new Hono()
    .get("/", guard({ permission: "open" }), serve)
    .get("/:path{(?!(?:api|docs)(?:/|$)).+}", guard({ permission: "open" }), serve);
}

/** Names of one segment with an ending: none of them leads out of the directory. */
function isFileName(name: string): boolean {
  return /^[A-Za-z0-9_-][\w.-]*\.[a-z0-9]+$/.test(name) && types[extname(name)] !== undefined;
}

async function serveAsset(c: Context, dir: string, name: string): Promise<Response> {
  const file = isFileName(name) ? join(dir, "assets", name) : undefined;
  const answer = file === undefined ? undefined : await serveFile(c, { file, isHashed: true });
  if (answer === undefined) throw noSuchRoute({ method: c.req.method, path: c.req.path });
  return answer;
}

async function serveIndex(c: Context, dir: string): Promise<Response> {
  const answer = await serveFile(c, { file: join(dir, "index.html") });
  if (answer === undefined) throw pageMissing({ dir });
  return answer;
}

interface Served {
  readonly file: string;
  /** Its name changes with what is in it: nobody has to ask again. */
  readonly isHashed?: boolean;
}

async function serveFile(c: Context, { file, isHashed }: Served): Promise<Response | undefined> {
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
  if (c.req.header("if-none-match") === etag)
    return new Response(null, { status: 304, headers: all });
  return new Response(new Uint8Array(body), {
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
