import { defineError, ExitCode } from "@hop3/core";

export const routerUnsafePath = defineError<{ path: string }>({
  code: "ROUTER_UNSAFE_PATH",
  exitCode: ExitCode.usage,
  status: 500,
  message: ({ path }) => `${JSON.stringify(path)} cannot be written in the router's configuration`,
  hint: () =>
    "Choose a home directory whose path is short and made of letters, digits and . _ - alone: --home DIR",
});

/** Longest address of a Unix socket; what the kernel takes, less the suffix that haproxy puts on while binding. */
const maxSocketPath = 100;

/**
 * haproxy's configuration and command language has quoting rules that differ from place to place. So nothing is
 * quoted: whatever is put into either is one plain word, or refused.
 */
function word(value: string, pattern: RegExp, what: string): string {
  if (!pattern.test(value)) throw new Error(`${JSON.stringify(value)} cannot be ${what}`);
  return value;
}

/** Name of a server: the id of a Process. */
export function serverName(id: string): string {
  return word(id, /^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$/, "the name of an upstream");
}

/** A host name as a request carries it, lower case. */
export function hostName(domain: string): string {
  return word(domain, /^[a-z0-9]([a-z0-9._-]{0,251}[a-z0-9])?$/, "a domain");
}

/** Name of one of the pre-allocated backends. */
export function backendName(number: number): string {
  return word(`b${number}`, /^b\d{1,5}$/, "the number of a backend");
}

/** Path of a Unix socket. */
export function socketPath(path: string): string {
  if (/^\/[A-Za-z0-9._/-]+$/.test(path) && path.length < maxSocketPath) return path;
  throw routerUnsafePath({ path });
}

/** Address to listen on or to connect to. */
export function tcpAddress(host: string, port: number): string {
  const plain = word(host, /^[A-Za-z0-9._:-]+$/, "an address");
  word(String(port), /^\d{1,5}$/, "a port");
  return plain.includes(":") ? `[${plain}]:${port}` : `${plain}:${port}`;
}
