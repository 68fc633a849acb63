import { createWriteStream } from "node:fs";
import { connect } from "node:net";
import { pipeline } from "node:stream/promises";
import type { Answer } from "../command.ts";
import { explainConnection, findServer } from "../connection.ts";
import type { Context } from "../context.ts";
import type { Input } from "../input.ts";

const standardOutput = 1;

/** Connects standard input and output with the socket of the server of this home: what ssh runs for a CLI elsewhere. */
export async function serverDial(_input: Input, context: Context): Promise<Answer> {
  // Ours, whatever HOP3_SERVER says.
  const endpoint = await findServer(context.home, {});
  if (endpoint.kind !== "socket") return { json: undefined, blocks: [] };
  const socket = connect(endpoint.socket);
  const out = createWriteStream("", { fd: standardOutput, autoClose: false });
  try {
    const answers = pipeline(socket, out, { signal: context.signal });
    const requests = pipeline(context.stdin, socket);
    // Whoever asks may end first; the answers to what was asked still come.
    await Promise.all([answers, requests.catch(() => socket.destroy())]);
  } catch (error) {
    throw explainConnection(error, endpoint);
  }
  return { json: undefined, blocks: [] };
}
