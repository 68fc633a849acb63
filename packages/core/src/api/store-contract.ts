import { z } from "zod";
import { ReleaseState } from "../deploy/timeline.ts";
import { AppName } from "../names.ts";

/** `exclusiveBytes` go when this one goes; the rest of `bytes` stays, since others need it too. */
const Share = { bytes: z.int(), exclusiveBytes: z.int() };

export const ReleaseBill = z.strictObject({
  release: z.int(),
  state: ReleaseState,
  kind: z.enum(["nix", "local", "docker", "static"]),
  ...Share,
});
export type ReleaseBill = z.infer<typeof ReleaseBill>;

/** What everything takes on the disk. What several need is in `totalBytes` once. */
export const StoreBill = z.strictObject({
  at: z.iso.datetime(),
  apps: z.array(z.strictObject({ app: AppName, ...Share, releases: z.array(ReleaseBill) })),
  dataPlane: z.strictObject(Share),
  /** The index of packages, which is not in the store. */
  packageSet: z.strictObject({ bytes: z.int() }),
  /** In the store for this server, each path counted once. */
  totalBytes: z.int(),
  /** In the store for others of this machine alone. */
  otherBytes: z.int(),
  /** What a cleanup would free. */
  garbage: z.strictObject({ paths: z.int(), bytes: z.int() }),
  store: z.strictObject({ paths: z.int(), bytes: z.int(), freeBytes: z.int() }),
});
export type StoreBill = z.infer<typeof StoreBill>;

export const CleanupRequest = z.strictObject({
  /** Only says what it would do. */
  dryRun: z.boolean().default(true),
  /** Stops when so much is free again. */
  maxBytes: z.int().positive().optional(),
});
export type CleanupRequest = z.infer<typeof CleanupRequest>;

export const CleanupResult = z.strictObject({
  dryRun: z.boolean(),
  paths: z.int(),
  bytes: z.int(),
  freeBytes: z.int(),
});
export type CleanupResult = z.infer<typeof CleanupResult>;

export const ClosurePath = z.strictObject({
  path: z.string(),
  name: z.string(),
  version: z.string().optional(),
  bytes: z.int(),
  /** Numbers of the paths that it needs, in this list. */
  references: z.array(z.int()),
});
export type ClosurePath = z.infer<typeof ClosurePath>;

export const ReleaseClosure = z.strictObject({
  kind: z.enum(["nix", "local", "docker", "static"]),
  /** What the Release is: a store path, a directory, an image. */
  location: z.string(),
  bytes: z.int(),
  /** The Release itself first, then the largest first. Empty where `note` says why. */
  paths: z.array(ClosurePath),
  note: z.string().optional(),
});
export type ReleaseClosure = z.infer<typeof ReleaseClosure>;

/** The shortest way from a Release to one of its paths, both ends included. */
export const ClosureReason = z.strictObject({ chain: z.array(z.string()) });
export type ClosureReason = z.infer<typeof ClosureReason>;

const NamedVersion = z.strictObject({ name: z.string(), version: z.string().optional() });

/** What lies between two Releases. Of variables the names, never the values. */
export const ReleaseComparison = z.strictObject({
  from: z.int(),
  to: z.int(),
  source: z.strictObject({
    changed: z.boolean(),
    fromRevision: z.string().optional(),
    toRevision: z.string().optional(),
    fromHash: z.string().optional(),
    toHash: z.string().optional(),
  }),
  config: z.strictObject({
    added: z.array(z.string()),
    removed: z.array(z.string()),
    changed: z.array(z.string()),
  }),
  /** Workers and settings that differ, each as it was and as it is. */
  settings: z.array(
    z.strictObject({ name: z.string(), from: z.string().optional(), to: z.string().optional() }),
  ),
  packages: z.strictObject({
    added: z.array(NamedVersion),
    removed: z.array(NamedVersion),
    changed: z.array(
      z.strictObject({ name: z.string(), from: z.array(z.string()), to: z.array(z.string()) }),
    ),
    /** Of the same version, but built anew. */
    rebuilt: z.int(),
    /** Why packages are not compared, where they are not. */
    note: z.string().optional(),
  }),
  fromBytes: z.int().optional(),
  toBytes: z.int().optional(),
});
export type ReleaseComparison = z.infer<typeof ReleaseComparison>;
