import { z } from "zod";
import { BuildArtifact, Tier } from "../artifact/build-artifact.ts";
import { ReleaseSettings } from "../artifact/release-settings.ts";
import { Verification } from "../artifact/verification.ts";
import {
  DeploymentKind,
  DeploymentState,
  FailureData,
  Phase,
  ReleaseState,
} from "../deploy/timeline.ts";
import { AppName, DomainName, VariableName } from "../names.ts";
import { Spark } from "./metrics-contract.ts";

/** Shapes of the HTTP API under /api/v1, shared by server, CLI and web. JSON keys are camelCase. */

const When = z.iso.datetime();

export const Closure = z.strictObject({ paths: z.int(), bytes: z.int() });
export type Closure = z.infer<typeof Closure>;

export const AppSummary = z.strictObject({
  name: AppName,
  url: z.string(),
  domains: z.array(z.string()),
  /**
   * Read from the supervisor: `running` all up, `degraded` some down, `down` none up, `stopped` scaled to nothing, `empty`
   * never deployed.
   */
  state: z.enum(["running", "degraded", "down", "stopped", "empty"]),
  release: z.int().optional(),
  tier: Tier.optional(),
  deployedAt: When.optional(),
  /** Of all its Processes together, as last measured; CPU in cores. */
  memoryBytes: z.int().optional(),
  cpu: z.number().optional(),
  spark: Spark.optional(),
});
export type AppSummary = z.infer<typeof AppSummary>;

export const ProcessInfo = z.strictObject({
  id: z.string(),
  worker: z.string(),
  instance: z.int(),
  release: z.int(),
  kind: z.string(),
  /** `current` where it is wanted; the others come or go with a Deployment. */
  role: z.enum(["starting", "canary", "current", "draining"]),
  state: z.enum(["up", "backing-off", "stopped", "missing"]),
  pid: z.int().optional(),
  sinceSeconds: z.number(),
  restarts: z.int(),
  address: z.string().optional(),
  /** With all that it has started, as last measured; CPU in cores. */
  memoryBytes: z.int().optional(),
  cpu: z.number().optional(),
});
export type ProcessInfo = z.infer<typeof ProcessInfo>;

export const ReleaseSummary = z.strictObject({
  number: z.int(),
  state: ReleaseState,
  createdAt: When,
  createdBy: DeploymentKind,
  buildId: z.string().optional(),
  location: z.string().optional(),
  tier: Tier.optional(),
  /** True where programs of the machine built it, not those of the package set. */
  builtByHost: z.boolean().optional(),
  sourceHash: z.string().optional(),
  sourceRevision: z.string().optional(),
  /** Schema of its release.json where a newer Hop3 has made it: it goes on running, and cannot be started from here. */
  newerSchema: z.int().optional(),
  closure: Closure.optional(),
  /** Names of the stored configuration this Release runs with; never values. */
  configKeys: z.array(z.string()),
  /** Whether `rollback` works now without build or network, and if not, why. */
  restorable: z.boolean(),
  notRestorableBecause: z.string().optional(),
  failure: FailureData.optional(),
  /** What the last `nix verify` measured of the tier that is claimed. */
  verified: Verification.pick({ state: true, at: true, reason: true }).optional(),
});
export type ReleaseSummary = z.infer<typeof ReleaseSummary>;

/** Hash parts of store paths: what an export may leave out for this server. */
export const StoredHashes = z.strictObject({ hashes: z.array(z.string()) });
export type StoredHashes = z.infer<typeof StoredHashes>;

/** Public half of the key that a server signs exported Releases with. */
export const StoreKey = z.strictObject({ publicKey: z.string() });
export type StoreKey = z.infer<typeof StoreKey>;

/** What of hop3.toml decides how a Release runs and comes to its users. */
export const RolloutSettings = ReleaseSettings.pick({
  envOverridesConfig: true,
  strategy: true,
  canary: true,
  healthcheck: true,
  startTimeoutSeconds: true,
  beforeRunTimeoutSeconds: true,
  drainTimeoutSeconds: true,
  keep: true,
}).extend({
  /** Names of the plain variables of `[env]`; their values may be meant for the app alone. */
  envKeys: z.array(VariableName),
});
export type RolloutSettings = z.infer<typeof RolloutSettings>;

export const ReleaseDetail = ReleaseSummary.extend({
  artifact: BuildArtifact.optional(),
  /** Absent where it never came so far as to be planned. */
  settings: RolloutSettings.optional(),
  verification: Verification.optional(),
});
export type ReleaseDetail = z.infer<typeof ReleaseDetail>;

export const AppDetail = AppSummary.extend({
  createdAt: When,
  dataDir: z.string(),
  processes: z.array(ProcessInfo),
  currentRelease: ReleaseSummary.optional(),
  configKeys: z.array(z.string()),
  lastDeployment: z.lazy(() => DeploymentSummary).optional(),
});
export type AppDetail = z.infer<typeof AppDetail>;

export const PhaseDuration = z.strictObject({ name: Phase, ms: z.number(), ok: z.boolean() });

export const DeploymentSummary = z.strictObject({
  id: z.int(),
  app: AppName,
  kind: DeploymentKind,
  state: DeploymentState,
  release: z.int().optional(),
  url: z.string(),
  unchanged: z.boolean(),
  tier: Tier.optional(),
  closure: Closure.optional(),
  phases: z.array(PhaseDuration),
  createdAt: When,
  endedAt: When.optional(),
  failure: FailureData.optional(),
});
export type DeploymentSummary = z.infer<typeof DeploymentSummary>;

export const ConfigEntry = z.strictObject({
  key: VariableName,
  /** Present only where the request asked to reveal values. */
  value: z.string().optional(),
  updatedAt: When,
});
export type ConfigEntry = z.infer<typeof ConfigEntry>;

/** `null` unsets. All in one request become one Release. */
export const ConfigChange = z.strictObject({
  values: z.record(VariableName, z.string().max(131_072).nullable()),
  /** False stores the values for the next Deployment and starts nothing. */
  apply: z.boolean().default(true),
});
export type ConfigChange = z.infer<typeof ConfigChange>;

export const ConfigResult = z.strictObject({
  entries: z.array(ConfigEntry),
  /** There was no app of this name: it is made, and these wait for its first Deployment. */
  created: z.literal(true).optional(),
  /** The Deployment that applies the change, where there is something to restart. */
  deployment: DeploymentSummary.optional(),
});
export type ConfigResult = z.infer<typeof ConfigResult>;

export const DomainEntry = z.strictObject({
  domain: DomainName,
  /** True for the one that Hop3 itself gave: `<app>.<server domain>`. */
  builtIn: z.boolean(),
});
export type DomainEntry = z.infer<typeof DomainEntry>;

export const LogRecord = z.strictObject({
  at: When,
  release: z.int(),
  worker: z.string(),
  instance: z.int(),
  text: z.string(),
});
export type LogRecord = z.infer<typeof LogRecord>;

export const DoctorCheck = z.strictObject({
  name: z.string(),
  state: z.enum(["ok", "warning", "problem"]),
  message: z.string(),
  hint: z.string().optional(),
});
/** One line of `hop3 doctor`: what was looked at, and what to do about it. */
export type DoctorCheck = z.infer<typeof DoctorCheck>;

export const ServerInfo = z.strictObject({
  version: z.string(),
  pid: z.int(),
  home: z.string(),
  startedAt: When,
  listen: z.string(),
  router: z.string(),
  domain: z.string(),
  packageSet: z.strictObject({ name: z.string(), pin: z.string() }),
  supervisor: z.string(),
  routerName: z.string(),
});
export type ServerInfo = z.infer<typeof ServerInfo>;

/** HOP3_HOME/server.json: how the CLI on the same machine finds the running server. */
export const ServerFile = z.strictObject({
  pid: z.int(),
  socket: z.string(),
  listen: z.string(),
  /** What addresses that the server gives out begin with. */
  origin: z.string().optional(),
  router: z.string(),
  version: z.string(),
});
export type ServerFile = z.infer<typeof ServerFile>;

export const PackageSetInfo = z.strictObject({
  name: z.string(),
  pin: z.string(),
  lockedAt: When.optional(),
  packages: z.int().optional(),
  suites: z.array(z.string()),
  lockFile: z.string().optional(),
});
export type PackageSetInfo = z.infer<typeof PackageSetInfo>;

export const PackageFound = z.strictObject({
  name: z.string(),
  version: z.string(),
  summary: z.string().optional(),
  /** How a hop3.nix writes it after `pkgs.`. */
  attribute: z.string().optional(),
});
export type PackageFound = z.infer<typeof PackageFound>;

/** Body of POST /apps/{app}/run; `stdin` is all of the standard input, base64. */
export const RunRequestBody = z.strictObject({
  command: z.array(z.string()).min(1),
  stdin: z.base64().optional(),
});
export type RunRequestBody = z.infer<typeof RunRequestBody>;

/** One line of the answer of `run`: output as base64, or the end. */
export const RunFrame = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("stdout"), data: z.base64() }),
  z.strictObject({ type: z.literal("stderr"), data: z.base64() }),
  z.strictObject({
    type: z.literal("end"),
    exitCode: z.int().nullable(),
    signal: z.string().nullable(),
  }),
]);
export type RunFrame = z.infer<typeof RunFrame>;

/** RFC 9457 problem details with our own members. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  code: z.string(),
  hint: z.string().optional(),
  place: FailureData.shape.place,
  evidence: z.string().optional(),
  exitCode: z.int(),
});
export type Problem = z.infer<typeof Problem>;
