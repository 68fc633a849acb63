import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { type Accounts, tokenPrefix } from "./accounts/accounts.ts";
import { hashSecret, makeSecret } from "./accounts/secrets.ts";
import type { Home } from "./home.ts";
import { inviteLink } from "./http/routes/users.ts";
import type { ServerSettings } from "./settings.ts";

/** A token of the machine's own, so that the API can be used over TCP at all; the database has its hash. */
export function ensureToken(home: Home, { tokens }: Accounts, now: Date): void {
  if (existsSync(home.tokenFile)) {
    const known = hashSecret(readFileSync(home.tokenFile, "utf8").trim());
    if (tokens.find(known) !== undefined) return;
  }
  const secret = makeSecret(tokenPrefix);
  tokens.add({ hash: hashSecret(secret), name: "first", at: now.toISOString() });
  writeFileSync(home.tokenFile, `${secret}\n`, { mode: 0o600 });
}

/** Where people reach this server: `[server] url`, else the address that it listens on. */
export function originOf(
  listen: string,
  { url, "tls-cert": tls }: Pick<ServerSettings["server"], "url" | "tls-cert">,
): string {
  if (url !== undefined) return new URL(url).origin;
  const scheme = tls === undefined ? "http" : "https";
  return `${scheme}://${listen.replace(/^(0\.0\.0\.0|\[::\])(?=:)/, "localhost")}`;
}

/** The link that makes the first account; undefined where there is one. Each start makes a new link. */
export function firstRunLink({ invites }: Accounts, origin: string): string | undefined {
  const secret = invites.first();
  return secret === undefined ? undefined : inviteLink(origin, secret);
}
