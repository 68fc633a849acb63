import { DeploymentKind, DeploymentState, FailureData, Phase, PhaseDuration } from "@hop3/core";
import { z } from "zod";
import type { Database } from "./database.ts";

export const Deployment = z
  .object({
    id: z.int(),
    app_id: z.int(),
    kind: DeploymentKind,
    state: DeploymentState,
    release: z.int().optional(),
    phase: Phase.optional(),
    phases: z
      .string()
      .transform((text): unknown => JSON.parse(text))
      .pipe(z.array(PhaseDuration)),
    unchanged: z.int(),
    created_at: z.string(),
    ended_at: z.string().optional(),
    failure: z
      .string()
      .transform((text): unknown => JSON.parse(text))
      .pipe(FailureData)
      .optional(),
  })
  .transform((row) => ({
    id: row.id,
    appId: row.app_id,
    kind: row.kind,
    state: row.state,
    release: row.release,
    phase: row.phase,
    phases: row.phases,
    unchanged: row.unchanged === 1,
    createdAt: row.created_at,
    endedAt: row.ended_at,
    failure: row.failure,
  }));
export type Deployment = z.infer<typeof Deployment>;

export interface Ending {
  readonly at: string;
  readonly failure?: FailureData | undefined;
}

export interface DeploymentStore {
  create(appId: number, kind: DeploymentKind, at: string): Deployment;
  find(id: number): Deployment | undefined;
  /** Newest first. */
  ofApp(appId: number, limit: number): readonly Deployment[];
  /** Those that have not ended: queued, running or live. */
  open(): readonly Deployment[];
  setPhase(id: number, phase: Phase): void;
  setPhases(id: number, phases: readonly z.infer<typeof PhaseDuration>[]): void;
  setRelease(id: number, release: number): void;
  setState(id: number, state: DeploymentState): void;
  setUnchanged(id: number, release: number): void;
  end(id: number, state: DeploymentState, how: Ending): void;
}

const from = "SELECT * FROM deployments";

export function makeDeploymentStore(db: Database): DeploymentStore {
  const find = (id: number): Deployment | undefined =>
    db.get(Deployment, `${from} WHERE id = ?`, id);
  return {
    find,
    create(appId, kind, at) {
      const id = db.run(
        "INSERT INTO deployments (app_id, kind, state, created_at) VALUES (?, ?, 'queued', ?)",
        appId,
        kind,
        at,
      );
      const made = find(id);
      if (made === undefined) throw new Error(`deployment ${id} vanished`);
      return made;
    },
    ofApp: (appId, limit) =>
      db.all(Deployment, `${from} WHERE app_id = ? ORDER BY id DESC LIMIT ?`, appId, limit),
    open: () =>
      db.all(Deployment, `${from} WHERE state IN ('queued', 'running', 'live') ORDER BY id`),
    setPhase: (id, phase) => {
      db.run("UPDATE deployments SET phase = ? WHERE id = ?", phase, id);
    },
    setPhases: (id, phases) => {
      db.run("UPDATE deployments SET phases = ? WHERE id = ?", JSON.stringify(phases), id);
    },
    setRelease: (id, release) => {
      db.run("UPDATE deployments SET release = ? WHERE id = ?", release, id);
    },
    setState: (id, state) => {
      db.run("UPDATE deployments SET state = ? WHERE id = ?", state, id);
    },
    setUnchanged: (id, release) => {
      db.run("UPDATE deployments SET unchanged = 1, release = ? WHERE id = ?", release, id);
    },
    end: (id, state, { at, failure }) => {
      db.run(
        "UPDATE deployments SET state = ?, ended_at = ?, failure = ? WHERE id = ?",
        state,
        at,
        failure === undefined ? null : JSON.stringify(failure),
        id,
      );
    },
  };
}
