import { chmodSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { defineError, ExitCode } from "@hop3/core";
import { findListener } from "../run/proc-net.ts";
import type { makeHttpApp } from "./app.ts";

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

export type Listen = Address | { readonly path: string };

/** Serves the API on a TCP address, or on a Unix socket that only its owner may use. */
export async function listenOn(
  app: ReturnType<typeof makeHttpApp>,
  address: Listen,
): Promise<Server> {
  const server = createServer(getRequestListener(app.fetch));
  // Uploads and event streams last as long as they last.
  server.requestTimeout = 0;
  if ("path" in address) rmSync(address.path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(address, resolve);
  }).catch((error: unknown) => refuse(error, address));
  if ("path" in address) chmodSync(address.path, 0o600);
  return server;
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
