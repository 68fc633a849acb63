import { createServer } from "node:net";
import { defineError, ExitCode } from "@hop3/core";

export const noFreePort = defineError<{ first: number; last: number }>({
  code: "NO_FREE_PORT",
  exitCode: ExitCode.failure,
  status: 503,
  message: ({ first, last }) => `Every port from ${first} to ${last} is in use`,
  hint: () => "Stop what listens there: ss -ltnp shows it",
});

/** Below the range that Linux takes for outgoing connections. */
const range = { first: 20_000, last: 29_999 };

/**
 * A port of the loopback address on which nothing listens and that is not promised to another Process. The search begins
 * anywhere, so that two searches at once do not find the same one.
 */
export async function findFreePort(
  taken: Iterable<number>,
  { first, last } = range,
): Promise<number> {
  const promised = new Set(taken);
  const count = last - first + 1;
  const start = Math.floor(Math.random() * count);
  for (let step = 0; step < count; step++) {
    const port = first + ((start + step) % count);
    if (!promised.has(port) && (await isFree(port))) return port;
  }
  throw noFreePort({ first, last });
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ host: "127.0.0.1", port, exclusive: true }, () =>
      server.close(() => resolve(true)),
    );
  });
}
