import WebSocket from "ws";
import { type Address, formatAddress } from "./ports.ts";

export interface EchoRequest {
  readonly router: Address;
  readonly host: string;
  readonly path: string;
  readonly send: string;
}

const patienceMs = 10_000;

/** Sends one message over a WebSocket and resolves to the first one that comes back. */
export function exchange({ router, host, path, send }: EchoRequest): Promise<string> {
  const socket = new WebSocket(`ws://${formatAddress(router)}${path}`, {
    headers: { host },
    handshakeTimeout: patienceMs,
  });
  return new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("no message in time")), patienceMs);
    socket.once("open", () => socket.send(send));
    socket.once("message", (data) => resolve(String(data)));
    socket.once("error", reject);
    socket.once("close", () => {
      clearTimeout(timer);
      reject(new Error("closed before a message came"));
    });
  }).finally(() => socket.terminate());
}
