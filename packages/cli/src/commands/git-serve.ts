import { createWriteStream, type WriteStream } from "node:fs";
import { connect, type Socket } from "node:net";
import { dirname, join } from "node:path";
import type { Answer } from "../command.ts";
import { explainConnection, findServer } from "../connection.ts";
import type { Context } from "../context.ts";
import { answerNotUnderstood } from "../errors.ts";
import type { Input } from "../input.ts";

const headLength = 5;
const exitFrame = 3;

/** What sshd starts for a key instead of what its owner asks for: the server decides, this passes bytes on. */
export async function gitServe(input: Input, context: Context): Promise<Answer> {
  const endpoint = await findServer(context.home, {});
  if (endpoint.kind !== "socket") return { json: undefined, blocks: [] };
  const socket = connect({ path: join(dirname(endpoint.socket), "git.sock"), allowHalfOpen: true });
  const { env } = context;
  const hello = {
    key: input.args[0] ?? "",
    command: env["SSH_ORIGINAL_COMMAND"] ?? "",
    address: env["SSH_CONNECTION"]?.split(" ")[0] ?? "unknown",
    ...(env["GIT_PROTOCOL"] === undefined ? {} : { protocol: env["GIT_PROTOCOL"] }),
  };
  socket.write(`${JSON.stringify(hello)}\n`);
  context.stdin.pipe(socket);
  try {
    const exitCode = await relay(socket);
    return { json: undefined, blocks: [], exitCode };
  } catch (error) {
    throw explainConnection(error, endpoint);
  } finally {
    context.stdin.unpipe(socket);
    context.stdin.destroy();
    socket.destroy();
  }
}

/** Frames of the server to our two streams, until the one that ends it. */
async function relay(socket: Socket): Promise<number> {
  const streams = new Map([1, 2].map((fd) => [fd, openStream(fd)]));
  let rest = Buffer.alloc(0);
  for await (const chunk of socket) {
    rest = Buffer.concat([rest, chunk as Buffer]);
    while (rest.length >= headLength) {
      const end = headLength + rest.readUInt32BE(1);
      if (rest.length < end) break;
      const kind = rest.readUInt8(0);
      const data = rest.subarray(headLength, end);
      if (kind === exitFrame) return Number(data.toString("latin1"));
      await write(streams.get(kind), data);
      rest = rest.subarray(end);
    }
  }
  throw answerNotUnderstood({ request: "git", because: "the server went away" });
}

function openStream(fd: number): WriteStream {
  return createWriteStream("", { fd, autoClose: false });
}

function write(stream: WriteStream | undefined, data: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    if (stream === undefined) return resolve();
    stream.write(data, (error) => (error ? reject(error) : resolve()));
  });
}
