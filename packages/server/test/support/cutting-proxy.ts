import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** Stands between a CLI and a server, counts what passes, and breaks connections where it is told to. */
export interface CuttingProxy {
  readonly port: number;
  /** Bytes that have gone to the server. */
  sent(): number;
  /** Breaks all connections when this many more bytes have gone to the server, once `before` is done. */
  cutAfter(bytes: number, before?: () => Promise<void>): void;
  /** Where new connections go from now on. */
  pointTo(port: number): void;
  close(): Promise<void>;
}

export async function startCuttingProxy(target: number): Promise<CuttingProxy> {
  const open = new Map<Socket, Socket>();
  let to = target;
  let sent = 0;
  let cut = { at: Number.POSITIVE_INFINITY, before: async () => {} };
  const breakAll = async (): Promise<void> => {
    const { before } = cut;
    cut = { at: Number.POSITIVE_INFINITY, before: async () => {} };
    const pairs = [...open];
    // A pause alone ends when the pipe has drained.
    for (const [client, upstream] of pairs) client.unpipe(upstream).pause();
    await before();
    // What is on its way to the server still arrives, as it does on a line.
    for (const [client, upstream] of pairs) {
      client.resetAndDestroy();
      upstream.end();
    }
  };
  const server = createServer((client) => {
    const upstream = connect(to, "127.0.0.1");
    open.set(client, upstream);
    for (const socket of [client, upstream]) socket.on("error", () => {});
    client.once("close", () => {
      open.delete(client);
      upstream.end();
    });
    upstream.once("close", () => client.destroy());
    client.on("data", (chunk: Buffer) => {
      sent += chunk.length;
      if (sent >= cut.at) setImmediate(() => void breakAll());
    });
    client.pipe(upstream).pipe(client);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    sent: () => sent,
    cutAfter(bytes, before = async () => {}) {
      cut = { at: sent + bytes, before };
    },
    pointTo(port) {
      to = port;
    },
    async close() {
      server.close();
      for (const pair of open) for (const socket of pair) socket.destroy();
      await once(server, "close");
    },
  };
}
