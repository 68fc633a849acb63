import { badServerAddress } from "./errors.ts";

/** A server that is reached by logging in to its machine. */
export interface SshTarget {
  /** As it is shown. */
  readonly url: string;
  readonly host: string;
  readonly user: string | undefined;
  readonly port: string | undefined;
  /** HOP3_HOME over there, where it is not the usual one. */
  readonly home: string | undefined;
}

/** Nothing that begins with a dash: ssh would take it for an option. */
const hostName = /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/;
const hostAddress = /^\[([0-9a-fA-F:]+)\]$/;
const userName = /^[A-Za-z_][A-Za-z0-9._-]*$/;
/** A path that no shell sees anything in. */
const plainPath = /^\/[A-Za-z0-9._/+@-]+$/;

/** `ssh://user@host:port/home`, of which only the host has to be there. */
export function parseSshAddress(value: string): SshTarget {
  const url = URL.parse(value);
  const host = url === null ? undefined : checkHost(url.hostname);
  if (url === null || host === undefined || url.password !== "" || url.search + url.hash !== "") {
    throw badServerAddress({ value });
  }
  const user = optional(url.username, userName);
  const home = optional(url.pathname === "/" ? "" : url.pathname, plainPath);
  if (user === null || home === null) throw badServerAddress({ value });
  return { url: value, host, user, port: url.port === "" ? undefined : url.port, home };
}

function checkHost(text: string): string | undefined {
  return hostAddress.exec(text)?.[1] ?? hostName.exec(text)?.[0];
}

/** undefined where it is empty, null where it is not what it should be. */
function optional(text: string, pattern: RegExp): string | undefined | null {
  if (text === "") return undefined;
  return pattern.test(text) ? text : null;
}
