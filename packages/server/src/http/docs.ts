import { join } from "node:path";
import { type Context, Hono } from "hono";
import { guard } from "./access.ts";
import { noSuchRoute } from "./errors.ts";
import { isFileName, serveFile } from "./static-files.ts";

/** The documentation, as it was built into `dir`. It is of this version of Hop3, and for everybody. */
export function docsRoutes(dir: string): Hono {
  const serve = async (c: Context): Promise<Response> => {
    const path = c.req.path.slice("/docs/".length);
    const name = path === "" || path.endsWith("/") ? `${path}index.html` : path;
    const file = isPath(name) ? join(dir, name) : undefined;
    const found = file === undefined ? undefined : await serveFile(c, { file });
    const answer = found ?? (await serveFile(c, { file: join(dir, "404.html"), status: 404 }));
    if (answer === undefined) throw noSuchRoute({ method: c.req.method, path: c.req.path });
    return answer;
  };
  return (
    new Hono()
      // Links of the pages are relative: without the slash they would lead beside it.
      .get("/docs", guard({ permission: "open" }), async (c) => c.redirect("/docs/", 308))
      .get("/docs/", guard({ permission: "open" }), serve)
      .get("/docs/:path{.+}", guard({ permission: "open" }), serve)
  );
}

/** Directories and a file of the build: no segment leads out of it or is hidden. */
function isPath(path: string): boolean {
  const segments = path.split("/");
  const file = segments.pop() ?? "";
  return isFileName(file) && segments.every((segment) => /^[a-z0-9-]+$/.test(segment));
}
