import { existsSync } from "node:fs";
import { join } from "node:path";
import { defineError, ExitCode } from "@hop3/core";
import { type Context, Hono } from "hono";
import { guard } from "./access.ts";
import { docsRoutes } from "./docs.ts";
import { noSuchRoute } from "./errors.ts";
import { isFileName, serveFile } from "./static-files.ts";

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
    .route("/", docsRoutes(join(dir, "../docs")))
    .get("/", guard({ permission: "open" }), serve)
    .get("/:path{(?!(?:api|docs)(?:/|$)).+}", guard({ permission: "open" }), serve);
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
