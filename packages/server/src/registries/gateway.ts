import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { RegistryAddress } from "./address.ts";
import { isBuilder, userOfPeer } from "./peer.ts";
import { ask } from "./request.ts";

/** A registry under an address of loopback that asks for no credentials: it adds them itself. */
export interface Gateway {
  /** The registry's address as builds see it. */
  readonly url: string;
  close(): void;
}

/**
 * Stands before the origin of one registry. Builds cannot be given a token, since all that they are
 * given stands in the store; they are given this. Other users of the machine are refused: an App
 * must not read with the operator's token.
 */
export async function startGateway(registry: RegistryAddress, port: number): Promise<Gateway> {
  const server = createServer();
  const own = await listenNear(server, port);
  const url = `http://127.0.0.1:${own}`;
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    answer({ registry, port: own }, request, response).catch(() => response.destroy());
  });
  // Whoever keeps a connection open must not keep the server from ending.
  server.unref();
  return {
    url: `${url}${new URL(registry.url).pathname.replace(/\/+$/, "")}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

interface Passage {
  readonly registry: RegistryAddress;
  /** Of the gateway. */
  readonly port: number;
}

async function answer(
  passage: Passage,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const from = request.socket.remotePort ?? 0;
  const user = await userOfPeer({ from, to: passage.port });
  if (user === undefined || !(await isBuilder(user))) return refuse(response, 404);
  if (request.method !== "GET" && request.method !== "HEAD") return refuse(response, 405);
  await passOn(passage, request, response);
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status).end();
}

/** The same port after a restart where it is free, so that derivations stay as they are. */
async function listenNear(server: Server, port: number): Promise<number> {
  for (const wanted of [port, 0]) {
    server.listen({ host: "127.0.0.1", port: wanted, exclusive: true });
    const isListening = await once(server, "listening").then(
      () => true,
      () => false,
    );
    if (isListening) return (server.address() as AddressInfo).port;
  }
  throw new Error("no port of 127.0.0.1 is free");
}

async function passOn(
  { registry, port }: Passage,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { accept } = request.headers;
  const { origin } = new URL(registry.url);
  const found = await ask(registry, `${origin}${request.url ?? "/"}`, {
    method: request.method ?? "GET",
    ...(accept === undefined ? {} : { accept }),
  }).catch(() => undefined);
  // What a refusing registry says may repeat what it was sent.
  if (found === undefined) return refuse(response, 502);
  if (!found.ok) return refuse(response, found.status);
  const type = found.headers.get("content-type") ?? "application/octet-stream";
  response.setHeader("content-type", type);
  if (found.body === null || request.method === "HEAD") return void response.end();
  if (isPage(type)) {
    response.end((await found.text()).replaceAll(`${origin}/`, `http://127.0.0.1:${port}/`));
    return;
  }
  const length = found.headers.get("content-length");
  if (length !== null && !found.headers.has("content-encoding")) {
    response.setHeader("content-length", length);
  }
  await pipeline(Readable.fromWeb(found.body), response);
}

/** Pages link to the registry's own files: they have to lead back here. */
function isPage(type: string): boolean {
  return /^(?:text\/html|application\/(?:vnd\.pypi\.simple\.\S*|json))\b/.test(type);
}
