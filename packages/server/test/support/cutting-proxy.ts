import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** Stands between a CLI and a server, counts what passes, and breaks connections where it is told to. */
export interface CuttingProxy {
  readonly port: number;
  /** Bytes that have gone to the server. */
  sent(): number;
  /** Breaks all connections when this many more bytes have gone to the server. */
  cutAfter(bytes: number, onCut?: () => void): void;
  /** Where new connections go from now on. */
  pointTo(port: number): void;
  close(): Promise<void>;
}

export async function startCuttingProxy(target: number): Promise<CuttingProxy> {
  const open = new Set<Socket>();
  let to = target;
  let sent = 0;
  let cut = { at: Number.POSITIVE_INFINITY, onCut: () => {} };
  const breakAll = (): void => {
    const { onCut } = cut;
    cut = { at: Number.POSITIVE_INFINITY, onCut: () => {} };
    for (const socket of open) socket.resetAndDestroy();
    onCut();
  };
  const server = createServer((client) => {
    const upstream = connect(to, "127.0.0.1");
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on("error", () => {});
      socket.once("close", () => {
        open.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on("data", (chunk: Buffer) => {
      sent += chunk.length;
      upstream.write(chunk);
      if (sent >= cut.at) breakAll();
    });
    upstream.pipe(client);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    sent: () => sent,
    cutAfter(bytes, onCut = () => {}) {
      cut = { at: sent + bytes, onCut };
    },
    pointTo(port) {
      to = port;
    },
    async close() {
      server.close();
      for (const socket of open) socket.destroy();
      await once(server, "close");
    },
  };
}
