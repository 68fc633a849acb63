import { createServer, type Server, type Socket } from "node:net";
import { networkOf } from "../accounts/client-address.ts";

/** Where connections are until somebody has signed in over them. */
export interface Lobby {
  readonly server: Server;
  /** Whoever comes from this end of a connection has signed in, and may stay. */
  leave(address: string, port: number): void;
}

const mostConnections = 128;
/** One network does not take the place of all others. */
const mostOfOneNetwork = 32;

/** Hands on each connection, and ends it where nobody signs in by then: what says nothing at all is a connection too. */
export function makeLobby(signInMs: number, onSocket: (socket: Socket) => void): Lobby {
  const strangers = new Map<string, () => void>();
  const server = createServer((socket) => {
    const { remoteAddress: address = "", remotePort: port = 0 } = socket;
    const network = `${networkOf(address)} `;
    const same = [...strangers.keys()].filter((each) => each.startsWith(network));
    if (same.length >= mostOfOneNetwork) return void socket.destroy();
    const timer = setTimeout(() => socket.destroy(), signInMs);
    const key = keyOf(address, port);
    const forget = (): void => {
      clearTimeout(timer);
      strangers.delete(key);
    };
    strangers.set(key, forget);
    socket.once("close", forget);
    onSocket(socket);
  });
  server.maxConnections = mostConnections;
  return { server, leave: (address, port) => strangers.get(keyOf(address, port))?.() };
}

function keyOf(address: string, port: number): string {
  return `${networkOf(address)} ${address} ${port}`;
}
