import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import type { Address } from "../demo/ports.ts";

/** Stands before a server and counts what is sent to it. */
export interface CountingProxy {
  readonly address: Address;
  /** Bytes so far. */
  sent(): number;
  close(): void;
}

export async function startCountingProxy(target: Address): Promise<CountingProxy> {
  const open = new Set<Socket>();
  let sent = 0;
  const server = createServer((client) => {
    const upstream = connect(target);
    client.on("data", (chunk: Buffer) => {
      sent += chunk.length;
    });
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) {
      open.add(socket);
      // Whoever has had enough closes; the other side ends with it.
      socket.on("error", () => {});
      socket.once("close", () => {
        open.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    address: { host: "127.0.0.1", port },
    sent: () => sent,
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
