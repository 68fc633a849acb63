import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";

/** A web server that hands out the files of a directory, as whoever publishes a catalogue has one. */
export interface Publisher {
  readonly dir: string;
  readonly url: string;
  stop(): Promise<void>;
}

export async function startPublisher(): Promise<Publisher> {
  const dir = await mkdtemp("/tmp/hop3-publisher-");
  const server = createServer((request, response) => {
    readFile(join(dir, new URL(request.url ?? "/", "http://localhost").pathname)).then(
      (content) => response.end(content),
      () => response.writeHead(404).end(),
    );
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    dir,
    url: `http://127.0.0.1:${address.port}/index.json`,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
      await rm(dir, { recursive: true });
    },
  };
}
