import { existsSync, readFileSync, rmSync } from "node:fs";
import { type ServerOptions, startServer } from "@hop3/server";

/**
 * A real server in a process of its own, for tests. The file `fuse` makes it end as `kill -9` would, at the one exact
 * moment that it names, so that no test depends on luck.
 */
const { fuse, ...options } = JSON.parse(process.argv[2] ?? "{}") as Pick<
  ServerOptions,
  "home" | "listen" | "router" | "domain"
> & { readonly fuse: string };
const stop = new AbortController();
process.on("SIGTERM", () => stop.abort());
await startServer({
  ...options,
  signal: stop.signal,
  onFirstRun: (link) => process.stdout.write(`${link}\n`),
  onPhase({ app, phase, at }) {
    if (!existsSync(fuse) || readFileSync(fuse, "utf8") !== `${app} ${phase}:${at}`) return;
    rmSync(fuse);
    process.kill(process.pid, "SIGKILL");
  },
});
process.exit(0);
