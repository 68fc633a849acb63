import { chmodSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { defineError, ExitCode } from "@hop3/core";
import type { makeHttpApp } from "./app.ts";

export const listenPortTaken = defineError<{ address: string }>({
  code: "LISTEN_PORT_TAKEN",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ address }) => `something else listens on ${address} already`,
  hint: () => "Choose another address: hop3 server start --listen 127.0.0.1:7071",
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
    server.once("error", (error: NodeJS.ErrnoException) => {
      const shown = "path" in address ? address.path : `${address.host}:${address.port}`;
      reject(error.code === "EADDRINUSE" ? listenPortTaken({ address: shown }) : error);
    });
    server.listen(address, resolve);
  });
  if ("path" in address) chmodSync(address.path, 0o600);
  return server;
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
