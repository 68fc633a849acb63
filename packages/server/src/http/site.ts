import { defineError, ExitCode } from "@hop3/core";
import type { Context } from "hono";
import type { Site } from "../accounts/passkeys.ts";

export const foreignOrigin = defineError<{ method: string; origin: string }>({
  code: "FOREIGN_ORIGIN",
  exitCode: ExitCode.notAllowed,
  status: 403,
  message: ({ method, origin }) => `a ${method} request with a session comes from ${origin}`,
  hint: () => "Use the pages of this server, or send a token instead of the session's cookie",
});

/** Where the browser sees this server: `[server] url`, else what the request itself says. */
export function siteOf(c: Context): Site {
  const { publicUrl } = c.get("access");
  const { origin, hostname } = new URL(publicUrl ?? c.req.url);
  return { origin, host: hostname };
}

/** Whether the browser reaches this server over TLS, perhaps through a proxy that ends it. */
export function isSecure(c: Context): boolean {
  return siteOf(c).origin.startsWith("https:");
}

const safeMethods: readonly string[] = ["GET", "HEAD", "OPTIONS"];

/**
 * A browser sends the cookie along with what other sites make it send. It also says where a request comes from, and
 * no script can change that: whatever writes must come from our own pages.
 */
export function requireOwnOrigin(c: Context): void {
  if (safeMethods.includes(c.req.method)) return;
  if (c.req.header("sec-fetch-site") === "same-origin") return;
  const origin = refuseForeignOrigin(c);
  if (origin === undefined)
    throw foreignOrigin({ method: c.req.method, origin: "an unnamed place" });
}

/** The same for requests that programs make too, which name no place. Returns the place that is named. */
export function refuseForeignOrigin(c: Context): string | undefined {
  const { method } = c.req;
  const site = c.req.header("sec-fetch-site");
  if (site === "same-origin") return site;
  if (site !== undefined) throw foreignOrigin({ method, origin: `elsewhere (${site})` });
  const origin = c.req.header("origin");
  if (origin === undefined || origin === siteOf(c).origin) return origin;
  throw foreignOrigin({ method, origin });
}
