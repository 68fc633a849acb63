import { addressUnfit } from "./hook-errors.ts";

const scheme = "ssh://";
/** `git@host:owner/name.git`, as forges show it; a slash before the colon would make it a path. */
const short = /^([A-Za-z0-9_][A-Za-z0-9._-]*)@([^:/\s@]+):(?!\/\/)\/?(.+)$/;
const hostPattern = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])$/;
const userPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/;
/** Nothing that a shell at the other end would read as more than a path. */
const pathPattern = /^\/[A-Za-z0-9._~+@/-]{1,400}$/;

/** Whether it is an address of SSH, well written or not. */
export function isSshAddress(text: string): boolean {
  return text.toLowerCase().startsWith(scheme) || short.test(text);
}

/** `ssh://user@host:port/path` of either form; without a user it is `git`, as at every forge. */
export function parseSshUrl(text: string): URL {
  const [, name, place, path] = short.exec(text) ?? [];
  const url = URL.parse(name === undefined ? text : `${scheme}${name}@${place}/${path}`);
  if (url === null) throw addressUnfit({ url: text.slice(0, 200), reason: "is not an address" });
  if (url.password !== "") {
    url.password = "";
    throw addressUnfit({ url: url.href, reason: "has a password in it" });
  }
  const user = url.username || "git";
  const host = url.hostname.toLowerCase();
  const reason = findFault(url, { user, host });
  if (reason !== undefined) throw addressUnfit({ url: text.slice(0, 200), reason });
  const port = url.port === "" || url.port === "22" ? "" : `:${url.port}`;
  return new URL(`${scheme}${user}@${host}${port}${url.pathname}`);
}

function findFault(
  { pathname, search, hash }: URL,
  { user, host }: { readonly user: string; readonly host: string },
): string | undefined {
  if (!hostPattern.test(host)) return "has no name or address of a host";
  if (!userPattern.test(user)) return "has a user name that is none";
  if (search !== "" || hash !== "") return "has a ? or # in it";
  return pathPattern.test(pathname) ? undefined : "has a path that is not taken here";
}
