import { basic } from "./address.ts";

/**
 * What an npmrc has for the registry at this address: `//host/path/:_authToken=…` and its older
 * relatives, of the longest path that leads there, as npm itself looks it up.
 */
export function npmAuthorization(
  text: string,
  registry: string,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const values = parseNpmrc(text, env);
  const { host, pathname } = new URL(registry);
  const parts = pathname.split("/").filter((part) => part !== "");
  for (let length = parts.length; length >= 0; length--) {
    const path = parts.slice(0, length).map((part) => `${part}/`);
    const found = authorizationAt(values, `//${host}/${path.join("")}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function authorizationAt(values: ReadonlyMap<string, string>, scope: string): string | undefined {
  const get = (key: string) => values.get(`${scope}:${key}`) || undefined;
  const token = get("_authToken");
  if (token !== undefined) return `Bearer ${token}`;
  const username = get("username");
  const password = get("_password");
  if (username !== undefined && password !== undefined) {
    return basic(username, Buffer.from(password, "base64").toString());
  }
  const both = get("_auth");
  return both === undefined ? undefined : `Basic ${both}`;
}

/** Lines `key=value`; `${NAME}` in a value is a variable, as npm has it. */
function parseNpmrc(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split("\n")) {
    const match = /^\s*(\/\/[^=\s]+)\s*=\s*(.*?)\s*$/.exec(line);
    const [, key, raw] = match ?? [];
    if (key === undefined || raw === undefined) continue;
    const bare = raw.replace(/^(["'])(.*)\1$/, "$2");
    values.set(
      key,
      bare.replaceAll(/\$\{([^}]+)\}/g, (whole, name: string) => env[name] ?? whole),
    );
  }
  return values;
}
