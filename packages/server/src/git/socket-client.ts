import { randomBytes } from "node:crypto";
import { chmod, chown, mkdir, realpath, rm } from "node:fs/promises";
import type { Server } from "node:net";
import { join } from "node:path";
import { encodeShellCommand } from "@hop3/core";

/**
 * How programs that git starts reach the server: a shell and a client of the data plane, because they start in a few
 * milliseconds and git's user can reach them, which is not said of the Node that runs the server.
 */
export interface SocketClient {
  readonly shell: string;
  /** Connects to a socket and runs a script, which reads from it by the descriptor 6 and writes by 7. */
  command(socket: string, script: string): string;
  /** A command of such a script that passes bytes on. */
  copy(from: number, to: number): string;
  /** Where a socket for one run of git may be. */
  newSocket(): string;
}

interface Place {
  /** Of the programs. */
  readonly binDir: string;
  /** Of the sockets. */
  readonly dir: string;
}

export async function makeSocketClient({ binDir, dir }: Place): Promise<SocketClient> {
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true, mode: 0o711 });
  const shell = await realpath(join(binDir, "busybox"));
  const client = await realpath(join(binDir, "s6-ipcclient"));
  return {
    shell,
    command: (socket, script) =>
      encodeShellCommand([client, "-l", "0", socket, shell, "sh", "-c", script]),
    // Not cat, which is sendfile here: that holds the lock of git's pipe while it waits for us, and git waits for the lock.
    copy: (from, to) => `${shell} dd bs=65536 <&${from} >&${to} 2>/dev/null`,
    newSocket: () => join(dir, randomBytes(8).toString("hex")),
  };
}

/** Listens where git's user may connect, and nobody else. */
export async function listenForGit(
  server: Server,
  socket: string,
  user: { readonly uid: number; readonly gid: number } | undefined,
): Promise<void> {
  await rm(socket, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socket, resolve);
  });
  await chmod(socket, 0o600);
  if (user !== undefined) await chown(socket, user.uid, user.gid);
}
