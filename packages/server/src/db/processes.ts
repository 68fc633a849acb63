import { WorkerKind } from "@hop3/core";
import { z } from "zod";
import type { Database } from "./database.ts";

/**
 * `starting`: of an attempt that has not switched; `canary`: of such a one, with a share of the requests; `current`:
 * wanted; `draining`: ends when its requests have ended.
 */
export const ProcessRole = z.enum(["starting", "canary", "current", "draining"]);
export type ProcessRole = z.infer<typeof ProcessRole>;

const Address = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("unix"), path: z.string() }),
  z.object({ kind: z.literal("tcp"), host: z.string(), port: z.int() }),
]);
export type Address = z.infer<typeof Address>;

export const ProcessRecord = z
  .object({
    id: z.string(),
    app_id: z.int(),
    release: z.int(),
    deployment_id: z.int(),
    worker: z.string(),
    instance: z.int(),
    kind: WorkerKind,
    port: z.int(),
    address: z
      .string()
      .transform((text): unknown => JSON.parse(text))
      .pipe(Address)
      .optional(),
    role: ProcessRole,
    drain_until: z.string().optional(),
  })
  .transform((row) => ({
    id: row.id,
    appId: row.app_id,
    release: row.release,
    deploymentId: row.deployment_id,
    worker: row.worker,
    instance: row.instance,
    kind: row.kind,
    port: row.port,
    /** Where it answered its probe; only web Processes have one. */
    address: row.address,
    role: row.role,
    drainUntil: row.drain_until,
  }));
export type ProcessRecord = z.infer<typeof ProcessRecord>;

/** The Processes that should exist. What really runs is asked of the Supervisor. */
export interface ProcessStore {
  all(): readonly ProcessRecord[];
  ofApp(appId: number): readonly ProcessRecord[];
  ofDeployment(deploymentId: number): readonly ProcessRecord[];
  ports(): ReadonlySet<number>;
  add(record: Omit<ProcessRecord, "address" | "drainUntil">): void;
  setAddress(id: string, address: Address): void;
  setRole(id: string, role: ProcessRole, drainUntil?: string): void;
  remove(id: string): void;
}

const from = "SELECT * FROM processes";

export function makeProcessStore(db: Database): ProcessStore {
  return {
    all: () => db.all(ProcessRecord, `${from} ORDER BY id`),
    ofApp: (appId) => db.all(ProcessRecord, `${from} WHERE app_id = ? ORDER BY id`, appId),
    ofDeployment: (id) => db.all(ProcessRecord, `${from} WHERE deployment_id = ? ORDER BY id`, id),
    ports: () =>
      new Set(db.all(z.object({ port: z.int() }), "SELECT port FROM processes").map((r) => r.port)),
    add: (record) => {
      db.run(
        `INSERT INTO processes (id, app_id, release, deployment_id, worker, instance, kind, port, role)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        record.id,
        record.appId,
        record.release,
        record.deploymentId,
        record.worker,
        record.instance,
        record.kind,
        record.port,
        record.role,
      );
    },
    setAddress: (id, address) => {
      db.run("UPDATE processes SET address = ? WHERE id = ?", JSON.stringify(address), id);
    },
    setRole: (id, role, drainUntil) => {
      db.run(
        "UPDATE processes SET role = ?, drain_until = ? WHERE id = ?",
        role,
        drainUntil ?? null,
        id,
      );
    },
    remove: (id) => {
      db.run("DELETE FROM processes WHERE id = ?", id);
    },
  };
}
