import { defineError, ExitCode } from "@hop3/core";
import type { Context } from "hono";

export const foreignOrigin = defineError<{ method: string; origin: string }>({
  code: "FOREIGN_ORIGIN",
  exitCode: ExitCode.notAllowed,
  status: 403,
  message: ({ method, origin }) => `a ${method} request with a session comes from ${origin}`,
  hint: () => "Use the pages of this server, or send a token instead of the session's cookie",
});

const safeMethods: readonly string[] = ["GET", "HEAD", "OPTIONS"];

/**
 * A browser sends the cookie along with what other sites make it send. It also says where a request comes from, and
 * a script cannot change that: whatever writes must come from our own pages.
 */
export function requireOwnOrigin(c: Context): void {
  const { method, url } = c.req;
  if (safeMethods.includes(method)) return;
  const site = c.req.header("sec-fetch-site");
  const origin = c.req.header("origin");
  if (site !== undefined && site !== "same-origin") throw foreignOrigin({ method, origin: site });
  if (origin === new URL(url).origin) return;
  // A browser too old to say so, or a program that borrowed the cookie.
  if (origin === undefined && site === "same-origin") return;
  throw foreignOrigin({ method, origin: origin ?? "an unnamed place" });
}
