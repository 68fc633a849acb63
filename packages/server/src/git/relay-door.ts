import { chmod, chown, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { Writable } from "node:stream";
import { defineError, ExitCode } from "@hop3/core";
import { z } from "zod";
import { run } from "../proc/run.ts";
import type { Keys } from "./keys.ts";
import { type SshParts, serveSshVisit } from "./ssh-session.ts";

export const sshUserUnknown = defineError<{ user: string }>({
  code: "SSH_USER_UNKNOWN",
  exitCode: ExitCode.usage,
  status: 500,
  message: ({ user }) => `there is no user '${user}' on this machine for git over SSH`,
  hint: ({ user }) =>
    `Make it: useradd --system --create-home --shell /bin/sh ${user}; or change [git] ssh-user in server.toml`,
});

/**
 * What the system's sshd lets in: its forced command, `hop3 git serve`, connects here, says whose key it was and what the
 * client asked for, and passes bytes on. Only the user that sshd logs in may open this socket.
 */
export interface RelayDoor {
  close(): void;
}

export interface RelayDoorParts extends SshParts {
  readonly keys: Keys;
  readonly socket: string;
  /** Who sshd logs in; undefined: the user of the server. */
  readonly sshUser: string | undefined;
}

/** The first line of a connection; the client's bytes follow it. */
const Hello = z.strictObject({
  key: z.string().max(100),
  command: z.string().max(4096),
  protocol: z.string().max(100).optional(),
  address: z.string().max(100),
});

/** The answer is frames: what they are, how long, the bytes. */
export const frameKinds = { stdout: 1, stderr: 2, exit: 3 } as const;
const helloLength = 8192;

export async function openRelayDoor(parts: RelayDoorParts): Promise<RelayDoor> {
  const uid = parts.sshUser === undefined ? undefined : await userId(parts.sshUser);
  // The client ends its half when it has sent all.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => {});
    serve(parts, socket).catch(() => socket.destroy());
  });
  await listen(server, parts.socket);
  if (uid !== undefined) await chown(parts.socket, uid, -1);
  return { close: () => server.close() };
}

async function userId(user: string): Promise<number> {
  const found = await run({ argv: ["id", "-u", "--", user] });
  if (found.exitCode !== 0) throw sshUserUnknown({ user });
  return Number(found.stdout.trim());
}

async function listen(server: Server, path: string): Promise<void> {
  await rm(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  await chmod(path, 0o600);
}

async function serve(parts: RelayDoorParts, socket: Socket): Promise<void> {
  const hello = Hello.parse(JSON.parse(await readLine(socket)));
  const principal = parts.keys.principalOf(hello.key);
  if (principal === undefined) return void socket.destroy();
  const streams = {
    stdin: socket,
    stdout: frames(socket, frameKinds.stdout),
    stderr: frames(socket, frameKinds.stderr),
  };
  const { command, protocol, address } = hello;
  const exitCode = await serveSshVisit(parts, { principal, address, command, protocol, streams });
  socket.end(frame(frameKinds.exit, Buffer.from(String(exitCode))));
}

/** Byte by byte would be slow; what is read too much goes back. */
async function readLine(socket: Socket): Promise<string> {
  let seen = Buffer.alloc(0);
  while (seen.indexOf("\n") < 0 && seen.length < helloLength) {
    const chunk: Buffer | null = socket.read();
    if (chunk !== null) seen = Buffer.concat([seen, chunk]);
    else if (!(await readable(socket))) break;
  }
  const end = seen.indexOf("\n");
  if (end < 0) throw new Error("a connection without a greeting");
  if (end + 1 < seen.length) socket.unshift(seen.subarray(end + 1));
  return seen.subarray(0, end).toString("utf8");
}

/** False where nothing comes any more. */
function readable(socket: Socket): Promise<boolean> {
  if (socket.readableEnded || socket.destroyed) return Promise.resolve(false);
  return new Promise((resolve) => {
    const done = (goesOn: boolean): void => {
      socket.off("readable", onReadable).off("end", onEnd).off("close", onEnd);
      resolve(goesOn);
    };
    const onReadable = (): void => done(true);
    const onEnd = (): void => done(false);
    socket.once("readable", onReadable).once("end", onEnd).once("close", onEnd);
  });
}

function frames(socket: Socket, kind: number): Writable {
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (socket.destroyed) return done();
      socket.write(frame(kind, chunk), () => done());
    },
  });
  socket.once("close", () => stream.destroy());
  return stream;
}

function frame(kind: number, data: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(kind, 0);
  head.writeUInt32BE(data.length, 1);
  return Buffer.concat([head, data]);
}
