import { AppName, VariableName } from "@hop3/core";
import { z } from "zod";
import type { Database } from "./database.ts";

export const App = z
  .object({
    id: z.int(),
    name: AppName,
    backend: z.int(),
    current_release: z.int().optional(),
    created_at: z.string(),
  })
  .transform((row) => ({
    id: row.id,
    name: row.name,
    /** Number of its pre-allocated backend in the router, for life. */
    backend: row.backend,
    currentRelease: row.current_release,
    createdAt: row.created_at,
  }));
export type App = z.infer<typeof App>;

const columns = "id, name, backend, current_release, created_at";
const ConfigRow = z.object({
  key: VariableName,
  value: z.instanceof(Uint8Array),
  updated_at: z.string(),
});
const DomainRow = z.object({ domain: z.string(), app_id: z.int() });

const ScaleRow = z.object({ worker: z.string(), instances: z.int() });

/** Apps with what is stored for them: configuration, domains, numbers of instances. */
export interface AppStore {
  all(): readonly App[];
  find(name: string): App | undefined;
  findById(id: number): App | undefined;
  create(name: string, backend: number, at: string): App;
  setCurrentRelease(id: number, release: number): void;
  delete(id: number): void;
  usedBackends(): ReadonlySet<number>;
  config(id: number): readonly z.infer<typeof ConfigRow>[];
  setConfig(id: number, key: string, sealed: { value: Uint8Array; at: string }): void;
  unsetConfig(id: number, key: string): void;
  domains(id: number): readonly string[];
  ownerOf(domain: string): number | undefined;
  addDomain(id: number, domain: string, at: string): void;
  removeDomain(id: number, domain: string): void;
  /** Instances by worker, where a number was chosen. */
  scale(id: number): ReadonlyMap<string, number>;
  /** null: what the Release says. */
  setScale(id: number, worker: string, instances: number | null): void;
  /** The branch that somebody has chosen to be deployed, and the one that the first push has brought. */
  branches(id: number): {
    readonly chosen?: string | undefined;
    readonly first?: string | undefined;
  };
  /** undefined: none is chosen any more. */
  chooseBranch(id: number, branch: string | undefined): void;
  setFirstBranch(id: number, branch: string): void;
}

export function makeAppStore(db: Database): AppStore {
  return {
    all: () => db.all(App, `SELECT ${columns} FROM apps ORDER BY name`),
    find: (name) => db.get(App, `SELECT ${columns} FROM apps WHERE name = ?`, name),
    findById: (id) => db.get(App, `SELECT ${columns} FROM apps WHERE id = ?`, id),
    create(name, backend, at) {
      const id = db.run(
        "INSERT INTO apps (name, backend, created_at) VALUES (?, ?, ?)",
        name,
        backend,
        at,
      );
      return { id, name, backend, currentRelease: undefined, createdAt: at };
    },
    setCurrentRelease: (id, release) => {
      db.run("UPDATE apps SET current_release = ? WHERE id = ?", release, id);
    },
    delete: (id) => {
      db.run("DELETE FROM apps WHERE id = ?", id);
    },
    usedBackends: () =>
      new Set(
        db.all(z.object({ backend: z.int() }), "SELECT backend FROM apps").map((r) => r.backend),
      ),
    ...configOf(db),
    ...domainsOf(db),
    ...scaleOf(db),
    ...branchesOf(db),
  };
}

const Branches = z.object({ chosen: z.string().optional(), first: z.string().optional() });

type BranchPart = Pick<AppStore, "branches" | "chooseBranch" | "setFirstBranch">;

function branchesOf(db: Database): BranchPart {
  const select = "SELECT deploy_branch AS chosen, first_branch AS first FROM apps WHERE id = ?";
  return {
    branches: (id) => db.get(Branches, select, id) ?? {},
    chooseBranch: (id, branch) => {
      db.run("UPDATE apps SET deploy_branch = ? WHERE id = ?", branch ?? null, id);
    },
    setFirstBranch: (id, branch) => {
      db.run("UPDATE apps SET first_branch = ? WHERE id = ?", branch, id);
    },
  };
}

type ConfigPart = Pick<AppStore, "config" | "setConfig" | "unsetConfig">;

function configOf(db: Database): ConfigPart {
  return {
    config: (id) =>
      db.all(
        ConfigRow,
        "SELECT key, value, updated_at FROM config WHERE app_id = ? ORDER BY key",
        id,
      ),
    setConfig: (id, key, { value, at }) => {
      db.run(
        `INSERT INTO config (app_id, key, value, updated_at) VALUES (?, ?, ?, ?)
         ON CONFLICT (app_id, key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`,
        id,
        key,
        value,
        at,
      );
    },
    unsetConfig: (id, key) => {
      db.run("DELETE FROM config WHERE app_id = ? AND key = ?", id, key);
    },
  };
}

type DomainPart = Pick<AppStore, "domains" | "ownerOf" | "addDomain" | "removeDomain">;

function domainsOf(db: Database): DomainPart {
  return {
    domains: (id) =>
      db
        .all(DomainRow, "SELECT domain, app_id FROM domains WHERE app_id = ? ORDER BY domain", id)
        .map((row) => row.domain),
    ownerOf: (domain) =>
      db.get(DomainRow, "SELECT domain, app_id FROM domains WHERE domain = ?", domain)?.app_id,
    addDomain: (id, domain, at) => {
      db.run("INSERT INTO domains (domain, app_id, created_at) VALUES (?, ?, ?)", domain, id, at);
    },
    removeDomain: (id, domain) => {
      db.run("DELETE FROM domains WHERE app_id = ? AND domain = ?", id, domain);
    },
  };
}

function scaleOf(db: Database): Pick<AppStore, "scale" | "setScale"> {
  return {
    scale(id) {
      const rows = db.all(ScaleRow, "SELECT worker, instances FROM scale WHERE app_id = ?", id);
      return new Map(rows.map(({ worker, instances }) => [worker, instances]));
    },
    setScale(id, worker, instances) {
      if (instances === null) {
        db.run("DELETE FROM scale WHERE app_id = ? AND worker = ?", id, worker);
        return;
      }
      db.run(
        `INSERT INTO scale (app_id, worker, instances) VALUES (?, ?, ?)
         ON CONFLICT (app_id, worker) DO UPDATE SET instances = excluded.instances`,
        id,
        worker,
        instances,
      );
    },
  };
}
