import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ServerFile } from "@hop3/core";
import { Hop3Error } from "@hop3/core/base";
import { currentConnection } from "./contexts.ts";
import {
  badServerAddress,
  badServerFile,
  serverNotTrusted,
  serverUnreachable,
  socketForbidden,
} from "./errors.ts";
import { parseSshAddress, type SshTarget } from "./ssh-target.ts";

/** How the server is reached: its socket on this machine, or an address with a token. */
export type Endpoint =
  | {
      readonly kind: "socket";
      readonly home: string;
      readonly socket: string;
      readonly pid: number;
    }
  | { readonly kind: "remote"; readonly server: URL; readonly token: string | undefined }
  /** The socket of another machine: whoever may log in there as its owner needs no token. */
  | { readonly kind: "ssh"; readonly ssh: SshTarget };

/** Where the home is when nobody says; the server decides in the same way. */
export function defaultHome(env: NodeJS.ProcessEnv, userId: number | undefined): string {
  if (env["HOP3_HOME"] !== undefined && env["HOP3_HOME"] !== "") return env["HOP3_HOME"];
  if (userId === 0) return "/var/lib/hop3";
  return join(env["XDG_DATA_HOME"] ?? join(env["HOME"] ?? "/", ".local/share"), "hop3");
}

/** Reads anew each time, since a server that was restarted may listen elsewhere. */
export async function findServer(home: string, env: NodeJS.ProcessEnv): Promise<Endpoint> {
  const address = env["HOP3_SERVER"];
  if (address !== undefined && address !== "") return parseServer(address, env["HOP3_TOKEN"]);
  const connection = await currentConnection(env);
  if (connection !== undefined) return parseServer(connection.url, connection.token);
  const file = join(home, "server.json");
  const { socket, pid } = parseServerFile(await readServerFile(file, home), file);
  return { kind: "socket", home, socket, pid };
}

/** The server that `http(s)://host:port` or `ssh://user@host` names. */
export function parseServer(value: string, token: string | undefined): Endpoint {
  if (value.startsWith("ssh:")) return { kind: "ssh", ssh: parseSshAddress(value) };
  const server = URL.parse(value);
  if (server === null || !["http:", "https:"].includes(server.protocol)) {
    throw badServerAddress({ value });
  }
  return { kind: "remote", server, token };
}

async function readServerFile(file: string, home: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (errorCode(error) === "EACCES") throw socketForbidden({ socket: file });
    throw serverUnreachable(
      { server: home, place: file, because: "no such file" },
      { cause: error },
    );
  }
}

type ServerPlace = Pick<ServerFile, "socket" | "pid">;

/** By hand: the schema would be loaded before the request is sent, for two keys. */
function parseServerFile(text: string, file: string): ServerPlace {
  let parsed: Partial<Record<keyof ServerPlace, unknown>> | null;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    const because = cause instanceof Error ? cause.message : String(cause);
    throw badServerFile({ file, because }, { cause });
  }
  const { socket, pid } = parsed ?? {};
  if (typeof socket !== "string" || typeof pid !== "number" || !Number.isSafeInteger(pid)) {
    throw badServerFile({ file, because: "a key is missing or wrong" });
  }
  return { socket, pid };
}

const absent: readonly string[] = [
  "ECONNREFUSED",
  "ENOENT",
  "ECONNRESET",
  "EPIPE",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ETIMEDOUT",
  "ENOTSOCK",
  "ERR_STREAM_PREMATURE_CLOSE",
  "EPROTO",
];

/** What OpenSSL and Node call a certificate that does not prove who answers. */
const untrusted = /CERT|ISSUER|SIGNATURE|ERR_TLS_/;

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ENOENT: "no such socket",
  ECONNRESET: "it closed the connection",
  EPIPE: "it closed the connection",
  ERR_STREAM_PREMATURE_CLOSE: "it closed the connection",
  EPROTO: "it does not speak TLS; write http://",
};

/** The failure that a broken connection means for the user; other errors come back as they are. */
export function explainConnection(error: unknown, endpoint: Endpoint): unknown {
  const code = errorCode(error);
  if (code === undefined || error instanceof Hop3Error) return error;
  if (code === "EACCES" && endpoint.kind === "socket") {
    return socketForbidden({ socket: endpoint.socket }, { cause: error });
  }
  if (untrusted.test(code)) {
    const because = error instanceof Error ? error.message : code;
    return serverNotTrusted({ server: showEndpoint(endpoint), because }, { cause: error });
  }
  if (!absent.includes(code)) return error;
  const because = reasons[code] ?? code;
  const server = showEndpoint(endpoint);
  const place = endpoint.kind === "socket" ? { place: endpoint.socket } : {};
  return serverUnreachable({ server, ...place, because }, { cause: error });
}

function showEndpoint(endpoint: Endpoint): string {
  if (endpoint.kind === "socket") return endpoint.home;
  return endpoint.kind === "ssh" ? endpoint.ssh.url : endpoint.server.href;
}

/** `ENOENT` and the like, where there is one. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
