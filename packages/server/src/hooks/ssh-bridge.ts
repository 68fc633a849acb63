import { createServer, type Socket } from "node:net";
import { encodeShellCommand } from "@hop3/core";
import type { Client, ClientChannel } from "ssh2";
import type { GitProgram } from "../git/git-program.ts";
import { listenForGit } from "../git/socket-client.ts";
import { connectSsh, type SshLogin, type SshPlace } from "./ssh-connection.ts";

/** What git needs to reach a repository over SSH, for as long as it runs. */
export interface SshBridge {
  readonly env: Readonly<Record<string, string>>;
  /** What the other end has said beside git's protocol. */
  said(): string;
  close(): void;
}

const keptCharacters = 2_000;

/**
 * The server itself signs in, and git talks with it through sockets: the key is in no file and in no environment, and git
 * cannot be talked into running something else at the other end.
 */
export async function openSshBridge(
  git: GitProgram,
  place: SshPlace,
  login: SshLogin,
): Promise<SshBridge> {
  const client = await connectSsh(place, login);
  const ends: (() => void)[] = [() => client.destroy()];
  const close = (): void => {
    for (const end of ends.splice(0)) end();
  };
  try {
    const channel = await startUploadPack(client, place.url);
    let said = "";
    channel.stderr.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-keptCharacters);
    });
    const offer = async (use: (socket: Socket) => void): Promise<string> => {
      const server = createServer((socket) => {
        socket.on("error", () => {});
        use(socket);
      });
      const socket = git.client.newSocket();
      await listenForGit(server, socket, git.user);
      ends.push(() => server.close());
      return socket;
    };
    // One for each direction: git ends its own when it has asked for all, and the other end waits for that.
    const asks = await offer((socket) => socket.pipe(channel));
    const answers = await offer((socket) => channel.pipe(socket));
    return { env: sshEnvironment(git, asks, answers), said: () => said, close };
  } catch (error) {
    close();
    throw error;
  }
}

function startUploadPack(client: Client, { pathname }: URL): Promise<ClientChannel> {
  // Its characters are those of a path; the quotes are what git writes.
  const command = `git-upload-pack '${pathname}'`;
  return new Promise((resolve, reject) => {
    client.exec(command, { env: { GIT_PROTOCOL: "version=2" } }, (error, channel) => {
      if (error !== undefined) return reject(error);
      channel.on("error", () => {});
      resolve(channel);
    });
  });
}

/** git adds its own arguments for ssh, which the script does not look at: where it goes is settled. */
function sshEnvironment(
  { client: { shell, command, copy } }: GitProgram,
  asks: string,
  answers: string,
): Readonly<Record<string, string>> {
  const ask = command(asks, `exec ${copy(3, 7)}`);
  const answer = command(answers, `exec ${copy(6, 1)}`);
  const script = `exec 3<&0\n${ask} &\n${answer}\nkill $! 2>/dev/null\nwait`;
  return {
    GIT_SSH_COMMAND: encodeShellCommand([shell, "sh", "-c", script]),
    GIT_SSH_VARIANT: "ssh",
  };
}
