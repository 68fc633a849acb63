import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Grant, Role } from "@hop3/core";
import { type Accounts, makeAccounts } from "../../src/accounts/accounts.ts";
import { hashPassword } from "../../src/accounts/passwords.ts";
import { type AppStore, makeAppStore } from "../../src/db/apps.ts";
import { type Database, openDatabase } from "../../src/db/database.ts";
import { makeDeploymentStore } from "../../src/db/deployments.ts";
import type { User } from "../../src/db/users.ts";
import type { Platform } from "../../src/deploy/platform.ts";
import { makeTimelines } from "../../src/deploy/timelines.ts";
import { openHome } from "../../src/home.ts";
import { makeHttpApp } from "../../src/http/app.ts";
import type { Service } from "../../src/http/service.ts";
import { makeEvents } from "../../src/observe/events.ts";
import { makeMetrics } from "../../src/observe/metrics.ts";
import { openVault } from "../../src/secrets/vault.ts";
import { readSettings } from "../../src/settings.ts";

/** Where browsers of these tests see the server. */
export const origin = "https://hop3.example.org";

/** The API with real accounts on a real database, without the rest of a server. */
export interface AccountsBed {
  readonly db: Database;
  readonly apps: AppStore;
  readonly accounts: Accounts;
  readonly http: ReturnType<typeof makeHttpApp>;
  /** The same as the local socket has it. */
  readonly local: ReturnType<typeof makeHttpApp>;
  readonly clock: { now: number };
  /** Makes a user; its password is `correct horse`. */
  user(name: string, role?: { role: Role; app?: string }): Promise<User>;
  /** Makes a user and a token of it. */
  token(role: { role: Role; app?: string }, scopes?: readonly Grant[]): string;
  close(): void;
}

export const password = "correct horse";

/** Everything behind the accounts fails as a bug would: what comes through is seen by that, and nothing happens. */
function unreachable(known: object): never {
  const reached = (): never => {
    throw new Error("the handler was reached");
  };
  const part = new Proxy(reached, { get: reached });
  const get = (target: object, key: string): unknown =>
    key in target ? Reflect.get(target, key) : part;
  return new Proxy(known, { get }) as never;
}

interface BedOptions {
  /** `[server] url`. */
  readonly url?: string;
  readonly pageDir?: string;
}

export function makeAccountsBed({ pageDir, ...settings }: BedOptions = {}): AccountsBed {
  const dir = mkdtempSync("/tmp/hop3-accounts-");
  const home = openHome(dir, process.env);
  const db = openDatabase(join(dir, "hop3.db"));
  const clock = { now: Date.parse("2026-11-23T12:00:00.000Z") };
  const now = () => new Date(clock.now);
  const vault = openVault(join(dir, "hop3.key"), { mayMake: true });
  const accounts = makeAccounts({ db, vault, now });
  const apps = makeAppStore(db);
  const defaults = readSettings(home.settingsFile);
  const known: Partial<Platform> = {
    db,
    apps,
    home,
    now,
    deployments: makeDeploymentStore(db),
    timelines: makeTimelines(now),
    events: makeEvents({ now }),
    metrics: makeMetrics(),
    log: { write: () => {} },
    settings: { ...defaults, server: { ...defaults.server, ...settings } },
  };
  const service: Service = unreachable({
    accounts,
    origin,
    platform: unreachable(known),
    deployer: unreachable({}),
  });
  const app = { service, version: "0.0.0", ...(pageDir === undefined ? {} : { pageDir }) };
  let users = 0;
  return {
    db,
    apps,
    accounts,
    clock,
    http: makeHttpApp({ ...app, isLocal: false }),
    local: makeHttpApp({ ...app, isLocal: true }),
    async user(name, role) {
      const user = accounts.users.add(name, await hashPassword(password), now().toISOString());
      if (role !== undefined) accounts.users.setRole(user.id, role);
      return user;
    },
    token(role, scopes) {
      users += 1;
      const user = accounts.users.add(`user${users}`, "-", now().toISOString());
      accounts.users.setRole(user.id, role);
      return accounts.addToken({ name: "test", userId: user.id, scopes }).secret;
    },
    close() {
      db.close();
      rmSync(home.runtimeDir, { recursive: true });
      rmSync(dir, { recursive: true });
    },
  };
}
