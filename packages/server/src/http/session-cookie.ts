import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { isSecure } from "./site.ts";

/** With the prefix a browser accepts it over TLS alone, for this host alone. */
const names = { secure: "__Host-hop3", plain: "hop3" } as const;

export function readSessionCookie(c: Context): string | undefined {
  return getCookie(c, nameFor(c));
}

/** Out of reach of scripts, and not sent along by other sites except for links to us. */
export function setSessionCookie(c: Context, secret: string, maxAgeSeconds: number): void {
  setCookie(c, nameFor(c), secret, { ...attributes(c), maxAge: maxAgeSeconds });
}

export function clearSessionCookie(c: Context): void {
  deleteCookie(c, nameFor(c), attributes(c));
}

function attributes(c: Context) {
  return { path: "/", httpOnly: true, sameSite: "Lax", secure: isSecure(c) } as const;
}

function nameFor(c: Context): string {
  return isSecure(c) ? names.secure : names.plain;
}
