import { createServer } from "node:net";
import { defineError, ExitCode } from "@hop3/core";
import { findListener } from "../run/proc-net.ts";
import type { RouterSettings } from "./haproxy-config.ts";

export const routerPortTaken = defineError<{ address: string; holder: string | undefined }>({
  code: "ROUTER_PORT_TAKEN",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ address, holder }) =>
    `The router cannot listen on ${address}: ${holder ?? "another program"} does already`,
  hint: () => "Stop that program, or choose another address: hop3 server start --router HOST:PORT",
});

export const routerAddressUnusable = defineError<{ address: string; reason: string }>({
  code: "ROUTER_ADDRESS_UNUSABLE",
  exitCode: ExitCode.usage,
  status: 500,
  message: ({ address, reason }) => `The router cannot listen on ${address}: ${reason}`,
  hint: () => "Choose another address: hop3 server start --router HOST:PORT",
});

/** Binds and lets go, since only the kernel knows. */
export async function checkPortFree({ host, port }: RouterSettings["listen"]): Promise<void> {
  const error = await tryListen(host, port);
  if (error === undefined) return;
  const address = `${host}:${port}`;
  if (error.code !== "EADDRINUSE") throw routerAddressUnusable({ address, reason: error.message });
  const holder = await findListener(port);
  throw routerPortTaken({ address, holder: holder && `${holder.name} (process ${holder.pid})` });
}

function tryListen(host: string, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error) => resolve(error));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
