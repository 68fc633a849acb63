import { timingSafeEqual } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Server as NetServer } from "node:net";
import { defineError, ExitCode } from "@hop3/core";
import ssh2, { type AuthContext, type Connection, type ServerChannel, type Session } from "ssh2";
import type { Principal } from "../accounts/principal.ts";
import { writeAtomically } from "../write-atomically.ts";
import type { Keys } from "./keys.ts";
import { fingerprintOf } from "./public-key.ts";
import { makeLobby } from "./ssh-lobby.ts";
import { type SshParts, serveSshVisit } from "./ssh-session.ts";

// The package is CommonJS: its values come as one.
const { Server, utils } = ssh2;

export const sshListenFailed = defineError<{ address: string; reason: string }>({
  code: "SSH_LISTEN_FAILED",
  exitCode: ExitCode.conflict,
  status: 500,
  message: ({ address, reason }) => `git over SSH cannot listen on ${address}: ${reason}`,
  hint: () => "Choose another address in server.toml: [git] ssh-listen",
});

/** An SSH server of our own, for hosts without one: it knows git's two commands and nothing else. */
export interface SshDoor {
  /** Fingerprint of the key that this server shows. */
  readonly hostKey: string;
  close(): void;
}

export interface SshDoorParts extends SshParts {
  readonly keys: Keys;
  readonly listen: { readonly host: string; readonly port: number };
  /** Where the host key is kept; made on the first start. */
  readonly hostKeyFile: string;
}

const signInMs = 30_000;
const maxAttempts = 12;

export async function openSshDoor(parts: SshDoorParts): Promise<SshDoor> {
  const privateKey = await ensureHostKey(parts.hostKeyFile);
  const connections = new Set<Connection>();
  const ssh = new Server({ hostKeys: [privateKey], ident: "hop3" }, (client, { ip, port }) => {
    connections.add(client);
    client.once("close", () => connections.delete(client));
    client.on("error", () => {});
    client.once("ready", () => lobby.leave(ip, port));
    welcome(parts, client, ip.replace(/^::ffff:(?=\d+\.)/, ""));
  });
  const lobby = makeLobby(signInMs, (socket) => ssh.injectSocket(socket));
  await listen(lobby.server, parts.listen);
  return {
    hostKey: await hostKeyFingerprint(parts.hostKeyFile),
    close() {
      lobby.server.close();
      for (const client of connections) client.end();
    },
  };
}

async function listen(server: NetServer, { host, port }: SshDoorParts["listen"]): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  }).catch((error: Error) => {
    throw sshListenFailed({ address: `${host}:${port}`, reason: error.message }, { cause: error });
  });
}

async function ensureHostKey(file: string): Promise<string> {
  const known = await readFile(file, "utf8").catch(() => undefined);
  if (known !== undefined) return known;
  const made = utils.generateKeyPairSync("ed25519").private;
  await writeAtomically(file, made);
  return made;
}

/** Of the key in this file; the file is readable by the server alone. */
async function hostKeyFingerprint(file: string): Promise<string> {
  const parsed = utils.parseKey(await readFile(file, "utf8"));
  if (parsed instanceof Error) throw parsed;
  return fingerprintOf(parsed.getPublicSSH());
}

function welcome(parts: SshDoorParts, client: Connection, address: string): void {
  let key: string | undefined;
  let attempts = 0;
  client.on("authentication", (context) => {
    attempts += 1;
    if (attempts > maxAttempts) return void client.end();
    key = recognise(parts.keys, context);
    if (key === undefined) context.reject(["publickey"]);
    else context.accept();
  });
  client.on("ready", () => {
    const recogniseAgain = (): Principal | undefined => {
      const principal = key === undefined ? undefined : parts.keys.principalOf(key);
      if (principal === undefined) client.end();
      return principal;
    };
    client.on("session", (accept) => {
      serveSession(parts, accept(), { recogniseAgain, address });
    });
  });
}

/** The fingerprint of a key that is somebody's, once the client has signed with it; the name that it signs in as says nothing. */
function recognise(keys: Keys, context: AuthContext): string | undefined {
  if (context.method !== "publickey") return undefined;
  const fingerprint = fingerprintOf(context.key.data);
  const known = keys.store.find(fingerprint);
  if (known === undefined || keys.peek(fingerprint) === undefined) return undefined;
  const blob = Buffer.from(known.blob, "base64");
  if (blob.length !== context.key.data.length || !timingSafeEqual(blob, context.key.data)) {
    return undefined;
  }
  const { signature, blob: signed, hashAlgo } = context;
  // Without a signature it is the question whether to go on with this key.
  if (signature === undefined || signed === undefined) return fingerprint;
  const parsed = utils.parseKey(`${known.type} ${known.blob}`);
  if (parsed instanceof Error || parsed.verify(signed, signature, hashAlgo) !== true)
    return undefined;
  return fingerprint;
}

/** Who is at the other end. */
interface Visitor {
  readonly address: string;
  /** Asked for each command: a connection outlives a key, its user, and their roles. */
  recogniseAgain(): Principal | undefined;
}

function serveSession(
  parts: SshDoorParts,
  session: Session,
  { recogniseAgain, address }: Visitor,
): void {
  const serve = (channel: ServerChannel, command: string): void => {
    const principal = recogniseAgain();
    if (principal === undefined) return;
    serveChannel(parts, channel, { principal, address, command, protocol });
  };
  let protocol: string | undefined;
  session.on("env", (accept, _reject, { key, val }) => {
    if (key === "GIT_PROTOCOL") protocol = val;
    accept?.();
  });
  session.on("exec", (accept, _reject, { command }) => {
    serve(accept(), command);
  });
  session.on("shell", (accept) => {
    serve(accept(), "");
  });
}

function serveChannel(
  parts: SshDoorParts,
  channel: ServerChannel,
  visit: { principal: Principal; address: string; command: string; protocol: string | undefined },
): void {
  channel.on("error", () => {});
  const streams = { stdin: channel, stdout: channel, stderr: channel.stderr };
  serveSshVisit(parts, { ...visit, streams }).then((exitCode) => {
    if (channel.destroyed) return;
    channel.exit(exitCode);
    channel.end();
  }, parts.onError);
}
