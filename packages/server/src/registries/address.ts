import type { RegistryName } from "@hop3/core";
import type { RegistrySetting } from "../settings.ts";

/** Where a registry is, and what it wants to see before it answers. */
export interface RegistryAddress {
  readonly name: RegistryName;
  /** Without a slash at its end, user name or token. */
  readonly url: string;
  /** Value of the header Authorization. */
  readonly authorization?: string | undefined;
}

/** One entry of server.toml; the address may come from the tool's own settings. */
export function fromSetting(
  name: RegistryName,
  setting: RegistrySetting,
  known: RegistryAddress | undefined,
): RegistryAddress | undefined {
  const url = setting.url ?? known?.url;
  if (url === undefined) return undefined;
  const own = authorizationOf(name, setting);
  const inherited = setting.url === undefined ? known?.authorization : undefined;
  return { name, url: withoutSlash(url), authorization: own ?? inherited };
}

function authorizationOf(
  name: RegistryName,
  { token, username, password }: RegistrySetting,
): string | undefined {
  if (username !== undefined) return basic(username, password ?? "");
  if (token === undefined) return undefined;
  return schemes[name](token);
}

/** How each registry's own tools send a token. */
const schemes: Readonly<Record<RegistryName, (token: string) => string>> = {
  npm: bearer,
  // What the index's own documentation says: the token is the password of this user.
  pypi: (token) => basic("__token__", token),
  rubygems: bearer,
  packagist: bearer,
  go: bearer,
  maven: bearer,
  crates: (token) => token,
};

function bearer(token: string): string {
  return `Bearer ${token}`;
}

export function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/** An address as tools write it, a user name and password inside it included. */
export function fromUrl(name: RegistryName, text: string): RegistryAddress | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") return undefined;
  const authorization =
    url.username === ""
      ? undefined
      : basic(decodeURIComponent(url.username), decodeURIComponent(url.password));
  url.username = "";
  url.password = "";
  return { name, url: withoutSlash(url.href), authorization };
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}
