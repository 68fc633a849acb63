import { AddonName, AddonType, type DeclaredAddon } from "@hop3/core";
import { z } from "zod";
import type { Database } from "./database.ts";

export const AddonRecord = z
  .object({
    id: z.int(),
    app_id: z.int(),
    name: AddonName,
    type: AddonType,
    version: z.string().optional(),
    variables: z.instanceof(Uint8Array).optional(),
    created_at: z.string(),
  })
  .transform((row) => ({
    id: row.id,
    appId: row.app_id,
    name: row.name,
    type: row.type,
    version: row.version,
    /** Sealed. Absent until its provider has told them: it was begun, and has never served. */
    variables: row.variables,
    createdAt: row.created_at,
  }));
export type AddonRecord = z.infer<typeof AddonRecord>;

/** Backing services that Apps have, whatever Releases still ask for them. */
export interface AddonStore {
  all(): readonly AddonRecord[];
  ofApp(appId: number): readonly AddonRecord[];
  find(appId: number, name: string): AddonRecord | undefined;
  create(appId: number, addon: DeclaredAddon, at: string): AddonRecord;
  setVariables(id: number, sealed: Uint8Array): void;
  remove(id: number): void;
}

const from = "SELECT * FROM addons";

export function makeAddonStore(db: Database): AddonStore {
  const find: AddonStore["find"] = (appId, name) =>
    db.get(AddonRecord, `${from} WHERE app_id = ? AND name = ?`, appId, name);
  return {
    all: () => db.all(AddonRecord, `${from} ORDER BY id`),
    ofApp: (appId) => db.all(AddonRecord, `${from} WHERE app_id = ? ORDER BY name`, appId),
    find,
    create(appId, { name, type, version }, at) {
      db.run(
        "INSERT INTO addons (app_id, name, type, version, created_at) VALUES (?, ?, ?, ?, ?)",
        appId,
        name,
        type,
        version ?? null,
        at,
      );
      const made = find(appId, name);
      if (made === undefined) throw new Error(`addon ${name} vanished`);
      return made;
    },
    setVariables: (id, sealed) => {
      db.run("UPDATE addons SET variables = ? WHERE id = ?", sealed, id);
    },
    remove: (id) => {
      db.run("DELETE FROM addons WHERE id = ?", id);
    },
  };
}
