import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { ListenAddress } from "@hop3/core/plugin";
import { notListening, type WebProbe } from "./probe.ts";
import { assertNeverDied } from "./watched-process.ts";

const pauseMs = 50;
/** What closes at once is not ready: databases do so while they start. */
const heldMs = 100;

/** Waits until a worker that speaks something else than HTTP takes a connection, and returns where. */
export async function probeTcp(probe: WebProbe): Promise<ListenAddress> {
  const deadline = performance.now() + probe.startTimeoutMs;
  const port = probe.healthcheck.port ?? probe.port;
  const addresses: readonly ListenAddress[] = [
    { kind: "unix", path: probe.socketPath },
    { kind: "tcp", host: "127.0.0.1", port },
  ];
  for (;;) {
    probe.signal.throwIfAborted();
    await assertNeverDied(probe);
    for (const address of addresses) {
      if (await isHeld(address)) return address;
    }
    if (performance.now() > deadline) throw await notListening({ ...probe, port });
    await sleep(pauseMs, undefined, { signal: probe.signal });
  }
}

/** True where the other side takes the connection and keeps it. */
function isHeld(address: ListenAddress): Promise<boolean> {
  return new Promise((resolve) => {
    const socket =
      address.kind === "unix"
        ? connect({ path: address.path })
        : connect({ host: address.host, port: address.port });
    const end = (held: boolean): void => {
      socket.destroy();
      resolve(held);
    };
    socket.once("error", () => end(false));
    socket.once("close", () => end(false));
    socket.once("connect", () => setTimeout(() => end(true), heldMs));
    socket.resume();
  });
}
