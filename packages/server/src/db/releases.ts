import {
  type BuildArtifact,
  DeploymentKind,
  FailureData,
  newerSchema,
  ReleaseSettings,
  ReleaseState,
  StoredArtifact,
  Verification,
} from "@hop3/core";
import { z } from "zod";
import type { Database } from "./database.ts";

const json = <T>(schema: z.ZodType<T>) =>
  z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(schema);

/** What a newer version has written is not read, and neither is what belongs to it: the rest of the row is ours. */
function hideNewer(row: unknown): unknown {
  const { artifact } = Row.parse(row);
  const newer = artifact === undefined ? undefined : newerSchema(JSON.parse(artifact));
  if (newer === undefined) return row;
  return { ...Row.parse(row), artifact: undefined, settings: undefined, newer_schema: newer };
}

const Row = z.looseObject({ artifact: z.string().optional() });

const ReleaseRow = z
  .object({
    app_id: z.int(),
    number: z.int(),
    state: ReleaseState,
    created_at: z.string(),
    created_by: DeploymentKind,
    source_hash: z.string().optional(),
    source_revision: z.string().optional(),
    input_hash: z.string().optional(),
    artifact: json(StoredArtifact).optional(),
    newer_schema: z.int().optional(),
    settings: json(ReleaseSettings).optional(),
    config: z.instanceof(Uint8Array).optional(),
    config_keys: json(z.array(z.string())),
    config_digest: z.string().optional(),
    closure_paths: z.int().optional(),
    closure_bytes: z.int().optional(),
    prepared: z.int(),
    failure: json(FailureData).optional(),
    verification: json(Verification).optional(),
  })
  .transform((row) => ({
    appId: row.app_id,
    number: row.number,
    state: row.state,
    createdAt: row.created_at,
    createdBy: row.created_by,
    sourceHash: row.source_hash,
    sourceRevision: row.source_revision,
    inputHash: row.input_hash,
    artifact: row.artifact,
    /** Schema of its artifact where a newer Hop3 has made it; it then shows neither artifact nor settings. */
    newerSchema: row.newer_schema,
    settings: row.settings,
    /** Sealed snapshot of the stored configuration: what this Release runs with, also after a rollback. */
    config: row.config,
    configKeys: row.config_keys,
    configDigest: row.config_digest,
    closure:
      row.closure_paths === undefined || row.closure_bytes === undefined
        ? undefined
        : { paths: row.closure_paths, bytes: row.closure_bytes },
    /** Its release steps (before_run) have been run. */
    prepared: row.prepared === 1,
    failure: row.failure,
    /** What the last rebuild has shown. */
    verification: row.verification,
  }));
export const Release = z.unknown().transform(hideNewer).pipe(ReleaseRow);
export type Release = z.infer<typeof Release>;

/** What is known once the build is over. */
export interface BuiltRelease {
  readonly artifact: BuildArtifact;
  readonly inputHash: string | undefined;
  readonly closure: { readonly paths: number; readonly bytes: number };
  readonly settings: ReleaseSettings;
}

export interface ConfigSnapshot {
  readonly sealed: Uint8Array;
  readonly keys: readonly string[];
  readonly digest: string;
}

export interface ReleaseStore {
  /** Takes the next number of the App. */
  create(appId: number, createdBy: DeploymentKind, at: string): Release;
  find(appId: number, number: number): Release | undefined;
  /** Newest first. */
  all(appId: number): readonly Release[];
  inStates(states: readonly ReleaseState[]): readonly Release[];
  setSource(release: Release, source: { hash: string; revision?: string | undefined }): void;
  setBuilt(release: Release, built: BuiltRelease, config: ConfigSnapshot): void;
  setState(appId: number, number: number, state: ReleaseState): void;
  setPrepared(appId: number, number: number): void;
  /** Every Release with this closure shares what was measured of it. */
  setVerification(appId: number, location: string, verification: Verification): void;
  setFailed(appId: number, number: number, failure: FailureData): void;
  /** The newest Release with these inputs whose build ended well and is still kept. */
  findByInputs(appId: number, inputHash: string): Release | undefined;
  remove(appId: number, number: number): void;
}

const from = "SELECT * FROM releases";

export function makeReleaseStore(db: Database): ReleaseStore {
  return { ...makeReads(db), ...makeWrites(db) };
}

type Reads = Pick<ReleaseStore, "find" | "all" | "inStates" | "findByInputs">;

function makeReads(db: Database): Reads {
  return {
    find: (appId, number) =>
      db.get(Release, `${from} WHERE app_id = ? AND number = ?`, appId, number),
    all: (appId) => db.all(Release, `${from} WHERE app_id = ? ORDER BY number DESC`, appId),
    inStates: (states) =>
      db.all(
        Release,
        `${from} WHERE state IN (SELECT value FROM json_each(?)) ORDER BY app_id, number`,
        JSON.stringify(states),
      ),
    findByInputs: (appId, inputHash) =>
      db.get(
        Release,
        `${from} WHERE app_id = ? AND input_hash = ? AND artifact IS NOT NULL
           AND state IN ('running', 'previous', 'ready') ORDER BY number DESC LIMIT 1`,
        appId,
        inputHash,
      ),
  };
}

function makeWrites(db: Database): Omit<ReleaseStore, keyof Reads> {
  return {
    create: (appId, createdBy, at) => db.transaction(() => insert(db, { appId, createdBy, at })),
    setSource: (release, source) => {
      db.run(
        "UPDATE releases SET source_hash = ?, source_revision = ? WHERE app_id = ? AND number = ?",
        source.hash,
        source.revision ?? null,
        release.appId,
        release.number,
      );
    },
    setBuilt: (release, built, config) => {
      db.run(
        `UPDATE releases SET state = 'ready', artifact = ?, settings = ?, input_hash = ?, config = ?,
           config_keys = ?, config_digest = ?, closure_paths = ?, closure_bytes = ?, verification = (
             SELECT verification FROM releases WHERE app_id = ? AND verification IS NOT NULL
               AND artifact ->> 'location' = ? ORDER BY number DESC LIMIT 1)
         WHERE app_id = ? AND number = ?`,
        JSON.stringify(built.artifact),
        JSON.stringify(built.settings),
        built.inputHash ?? null,
        config.sealed,
        JSON.stringify(config.keys),
        config.digest,
        built.closure.paths,
        built.closure.bytes,
        release.appId,
        built.artifact.location,
        release.appId,
        release.number,
      );
    },
    setState: (appId, number, state) => {
      db.run("UPDATE releases SET state = ? WHERE app_id = ? AND number = ?", state, appId, number);
    },
    setPrepared: (appId, number) => {
      db.run("UPDATE releases SET prepared = 1 WHERE app_id = ? AND number = ?", appId, number);
    },
    setVerification: (appId, location, verification) => {
      db.run(
        "UPDATE releases SET verification = ? WHERE app_id = ? AND artifact ->> 'location' = ?",
        JSON.stringify(verification),
        appId,
        location,
      );
    },
    setFailed: (appId, number, failure) => {
      db.run(
        "UPDATE releases SET state = 'failed', failure = ? WHERE app_id = ? AND number = ?",
        JSON.stringify(failure),
        appId,
        number,
      );
    },
    remove: (appId, number) => {
      db.run("DELETE FROM releases WHERE app_id = ? AND number = ?", appId, number);
    },
  };
}

interface NewRelease {
  readonly appId: number;
  readonly createdBy: DeploymentKind;
  readonly at: string;
}

/** The next number: above every Release and every one that a Deployment ever named. */
function insert(db: Database, { appId, createdBy, at }: NewRelease): Release {
  const next = db.get(
    z.object({ number: z.int() }),
    `SELECT 1 + MAX(COALESCE((SELECT MAX(number) FROM releases WHERE app_id = ?1), 0),
                    COALESCE((SELECT MAX(release) FROM deployments WHERE app_id = ?1), 0)) AS number`,
    appId,
  );
  const number = next?.number ?? 1;
  const columns = "(app_id, number, state, created_at, created_by)";
  db.run(
    `INSERT INTO releases ${columns} VALUES (?, ?, 'building', ?, ?)`,
    appId,
    number,
    at,
    createdBy,
  );
  const made = makeReads(db).find(appId, number);
  if (made === undefined) throw new Error(`release ${number} vanished`);
  return made;
}
