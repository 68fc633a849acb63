import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export interface RawRequest {
  readonly port: number;
  /** Written as it stands, one byte a character. */
  readonly text: string | Buffer;
  /** Where it comes from: another address of this machine. */
  readonly from?: string;
  /** Then no more is waited for. */
  readonly until?: RegExp;
  /**
   * So much at a time, and no more once there is an answer. A server that hangs up on bytes which it has not read
   * resets the connection, and the answer is gone with it.
   */
  readonly pieceBytes?: number;
}

/** What a server says to bytes that no honest client would send, until it hangs up. */
export async function exchange(request: RawRequest): Promise<string> {
  const { port, text, from, until, pieceBytes } = request;
  const line = openLine({ port, from });
  const bytes = typeof text === "string" ? Buffer.from(text, "latin1") : text;
  const piece = pieceBytes ?? bytes.length;
  line.socket.write(bytes.subarray(0, piece));
  for (let sent = piece; sent < bytes.length && !(await answers(line)); sent += piece) {
    line.socket.write(bytes.subarray(sent, sent + piece));
  }
  const isEnough = (): boolean => until?.test(line.heard()) === true;
  while (!line.isClosed() && !isEnough()) await sleep(5);
  line.socket.destroy();
  return line.heard();
}

/** Whether something is said in a second, after which the next piece may well be what it waits for. */
async function answers(line: Line): Promise<boolean> {
  const deadline = performance.now() + 1_000;
  while (line.heard() === "" && !line.isClosed() && performance.now() < deadline) await sleep(5);
  return line.heard() !== "" || line.isClosed();
}

export interface Line {
  readonly socket: Socket;
  heard(): string;
  isClosed(): boolean;
  /** Resolves when the other side has hung up, with what it has said. */
  readonly closed: Promise<string>;
}

export function openLine({ port, from }: { port: number; from?: string | undefined }): Line {
  const where = from === undefined ? {} : { localAddress: from };
  const socket = connect({ port, host: "127.0.0.1", ...where });
  let heard = "";
  socket.on("data", (part) => {
    heard += part.toString("latin1");
  });
  socket.on("error", () => {});
  const closed = new Promise<string>((resolve) => {
    socket.once("close", () => resolve(heard));
  });
  return { socket, heard: () => heard, isClosed: () => socket.closed, closed };
}

/** Sends a little now and then, until the other side hangs up. Resolves with what it has said. */
export async function trickle(line: Line, parts: Iterable<string>, everyMs: number) {
  for (const part of parts) {
    if (line.isClosed()) break;
    line.socket.write(part);
    await sleep(everyMs);
  }
  return line.closed;
}

/** The status of each answer that is in it. */
export function statuses(text: string): readonly number[] {
  return [...text.matchAll(/^HTTP\/1\.[01] (\d{3})/gm)].map(([, status]) => Number(status));
}
