import { type ServerOptions, startServer } from "@hop3/server";

/**
 * A real server in a process of its own, for tests. `dieAt` makes it end as `kill -9` would, at one exact point of the
 * first Deployment of `dieApp`, so that no test depends on luck.
 */
const options = JSON.parse(process.argv[2] ?? "{}") as Pick<
  ServerOptions,
  "home" | "listen" | "router" | "domain"
> & { readonly dieAt?: string; readonly dieApp?: string };
const stop = new AbortController();
process.on("SIGTERM", () => stop.abort());
await startServer({
  ...options,
  signal: stop.signal,
  onFirstRun: (link) => process.stdout.write(`${link}\n`),
  onPhase({ app, phase, at }) {
    if (app === options.dieApp && options.dieAt === `${phase}:${at}`) {
      process.kill(process.pid, "SIGKILL");
    }
  },
});
process.exit(0);
