import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import {
  destroyHome,
  makeTestHome,
  startTestServer,
  type TestServer,
  type TestServerOptions,
} from "./test-server.ts";

interface Start extends Omit<TestServerOptions, "home"> {
  /** Text of server.toml; a function where it needs the home, or what an earlier hook has made. */
  readonly settings?: string | ((home: string) => string | Promise<string>);
}

/** A server that can be started again, on the same home and router port. */
export interface RestartableServer extends TestServer {
  /** Stops it where it still runs. Settings stay; what else is given holds for this start alone. */
  restart(start?: Start): Promise<void>;
}

/**
 * A server on a home of its own for the tests of a file or a `describe`, gone after the last of them. What it needs
 * first is made in a `beforeAll` above the call, and taken away in an `afterAll` above it.
 */
export function useTestServer(name: string, use: Start = {}): RestartableServer {
  const { settings, ...always } = use;
  let home: string | undefined;
  let running: TestServer | undefined;

  beforeAll(async () => {
    home = await makeTestHome(name);
    await configure(home, settings);
    running = await startTestServer({ home, ...always });
  });
  afterAll(async () => {
    await running?.stop();
    if (home !== undefined) await destroyHome(home);
    running = home = undefined;
  });

  async function restart({ settings, ...start }: Start = {}): Promise<void> {
    const { home, routerPort, stop } = present();
    await stop();
    await configure(home, settings);
    running = await startTestServer({ home, routerPort, ...always, ...start });
  }
  function present(): TestServer {
    if (running === undefined) throw new Error("a server is there in tests and in later hooks");
    return running;
  }
  // Stands for whichever process runs now, so that a test may hold it over a restart.
  return new Proxy({} as RestartableServer, {
    get: (_, key) => (key === "restart" ? restart : Reflect.get(present(), key)),
  });
}

async function configure(home: string, settings: Start["settings"]): Promise<void> {
  const text = typeof settings === "function" ? await settings(home) : settings;
  // Only its owner may read a file in which a password may stand.
  if (text !== undefined) await writeFile(join(home, "server.toml"), text, { mode: 0o600 });
}
