import type { DoctorCheck, Phase, PlanParts } from "@hop3/core";
import type { Builder, HostedAddon, Router, Supervisor } from "@hop3/core/plugin";
import type { AddonStore } from "../db/addons.ts";
import type { AppStore } from "../db/apps.ts";
import type { Database } from "../db/database.ts";
import type { DeploymentStore } from "../db/deployments.ts";
import type { ProcessStore } from "../db/processes.ts";
import type { ReleaseStore } from "../db/releases.ts";
import type { Home } from "../home.ts";
import type { NixClient } from "../nix/client.ts";
import type { Events } from "../observe/events.ts";
import type { Log } from "../observe/log.ts";
import type { Metrics } from "../observe/metrics.ts";
import type { Registries } from "../registries/registries.ts";
import type { Vault } from "../secrets/vault.ts";
import type { ServerSettings } from "../settings.ts";
import type { Timelines } from "./timelines.ts";

export interface PhaseEvent {
  readonly app: string;
  readonly deployment: number;
  readonly phase: Phase;
  readonly at: "begin" | "end";
}

/** Everything with an effect that a Deployment needs, wired once by the server. */
export interface Platform {
  readonly home: Home;
  readonly settings: ServerSettings;
  readonly db: Database;
  readonly apps: AppStore;
  readonly releases: ReleaseStore;
  readonly deployments: DeploymentStore;
  readonly processes: ProcessStore;
  readonly vault: Vault;
  readonly nix: NixClient;
  readonly registries: Registries;
  /** What Plans are made from: built in, and of plug-ins. */
  readonly parts: PlanParts;
  readonly builders: ReadonlyMap<string, Builder>;
  /** What provides addons, by their type. */
  readonly addons: ReadonlyMap<string, HostedAddon>;
  readonly addonStore: AddonStore;
  /** Answers of plug-ins to `hop3 doctor`. */
  checks(): Promise<readonly DoctorCheck[]>;
  readonly supervisor: Supervisor;
  readonly router: Router;
  readonly timelines: Timelines;
  readonly events: Events;
  /** What Processes use, as far as it was measured since the server started. */
  readonly metrics: Metrics;
  readonly log: Log;
  /** Domain below which every App has a name of its own, and the port that users reach. */
  readonly address: { readonly domain: string; readonly port: number };
  /** Processes get users of their own (the server is root). */
  readonly isolateUsers: boolean;
  now(): Date;
  /** Given when the server ends: what lasts, such as draining, is left to the next start. */
  readonly stopping: AbortSignal;
  /** Told synchronously of every phase of every Deployment, before its work and after it. */
  readonly onPhase?: ((event: PhaseEvent) => void) | undefined;
}
