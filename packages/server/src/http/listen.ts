import { chmodSync, rmSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { defineError, ExitCode } from "@hop3/core";
import { networkOf } from "../accounts/client-address.ts";
import type { HttpDoor } from "../git/http-door.ts";
import { findListener } from "../run/proc-net.ts";
import type { makeHttpApp } from "./app.ts";
import type { Tls } from "./tls.ts";

export const listenPortTaken = defineError<{ address: string; holder: string | undefined }>({
  code: "LISTEN_PORT_TAKEN",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ address, holder }) =>
    `the API cannot listen on ${address}: ${holder ?? "another program"} does already`,
  hint: () => "Choose another address: hop3 server start --listen 127.0.0.1:7071",
});

export const listenAddressUnusable = defineError<{ address: string; reason: string }>({
  code: "LISTEN_ADDRESS_UNUSABLE",
  exitCode: ExitCode.usage,
  status: 500,
  message: ({ address, reason }) => `the API cannot listen on ${address}: ${reason}`,
  hint: () => "Choose an address of this machine: hop3 server start --listen 127.0.0.1:7070",
});

export const addressInvalid = defineError<{ text: string }>({
  code: "ADDRESS_INVALID",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ text }) => `'${text}' is not an address`,
  hint: () => "Write HOST:PORT, for example 127.0.0.1:7070",
});

export interface Address {
  readonly host: string;
  readonly port: number;
}

export type Listen = (Address & { readonly tls?: Tls | undefined }) | { readonly path: string };

/** Serves the API on a TCP address, and git beside it, or the API on a Unix socket that only its owner may use. */
export async function listenOn(
  app: ReturnType<typeof makeHttpApp>,
  address: Listen,
  git?: HttpDoor,
): Promise<Server> {
  const api = getRequestListener(app.fetch);
  const server = makeServer(address, (request, response) => {
    if (git?.serve(request, response) !== true) void api(request, response);
  });
  if ("path" in address) rmSync(address.path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(address, resolve);
  }).catch((error: unknown) => refuse(error, address));
  if ("path" in address) chmodSync(address.path, 0o600);
  return server;
}

const options = {
  // Whoever has gone without a word is found out.
  keepAlive: true,
  keepAliveInitialDelay: 30_000,
  // Also for a connection on which nothing comes at all.
  headersTimeout: 15_000,
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: 16_384,
  // Uploads last as long as they last; what is small is due at once: limit-body.ts.
  requestTimeout: 0,
} as const;
const handshakeTimeout = 15_000;

function makeServer(address: Listen, listener: RequestListener): Server {
  if ("path" in address) return createServer(options, listener);
  const { tls } = address;
  const server =
    tls === undefined
      ? createServer(options, listener)
      : createTlsServer({ ...options, handshakeTimeout, ...tls }, listener);
  limitConnections(server);
  return server;
}

/** Streams of events are held by each open page: there are many, of people. */
const mostConnections = 8_000;
const mostOfOneAddress = 1_000;

/** A proxy on this machine holds the connections of all its visitors. */
const ofThisMachine = ["127.0.0.1", "::1"].map(networkOf);

/** Nobody takes all connections there are. */
function limitConnections(server: Server): void {
  server.maxConnections = mostConnections;
  const counts = new Map<string, number>();
  server.on("connection", (socket: Socket) => {
    const address = networkOf(socket.remoteAddress ?? "unknown");
    if (ofThisMachine.includes(address)) return;
    const count = (counts.get(address) ?? 0) + 1;
    if (count > mostOfOneAddress) return void socket.destroy();
    counts.set(address, count);
    socket.once("close", () => {
      const left = (counts.get(address) ?? 1) - 1;
      if (left === 0) counts.delete(address);
      else counts.set(address, left);
    });
  });
}

/** Fails where the API could not be served here. Binds and lets go, since only the kernel knows. */
export async function requireFree(address: Address): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(address, () => server.close(() => resolve()));
  }).catch((error: unknown) => refuse(error, address));
}

async function refuse(error: unknown, address: Listen): Promise<never> {
  if (!(error instanceof Error) || "path" in address) throw error;
  const shown = `${address.host}:${address.port}`;
  if (!("code" in error) || error.code !== "EADDRINUSE") {
    throw listenAddressUnusable({ address: shown, reason: error.message }, { cause: error });
  }
  const holder = await findListener(address.port);
  throw listenPortTaken({
    address: shown,
    holder: holder && `${holder.name} (process ${holder.pid})`,
  });
}

export function closeServer(server: Server): void {
  server.close();
  server.closeAllConnections();
}

export function parseAddress(text: string): Address {
  const match = /^(?:\[([0-9a-f:]+)\]|([^:\s]+)):(\d{1,5})$/i.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port < 1 || port > 65_535) throw addressInvalid({ text });
  return { host, port };
}
