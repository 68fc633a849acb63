import { z } from "zod";
import { AppName } from "../names.ts";
import { RuntimeConfig } from "./runtime-config.ts";

/** Where the running bytes come from (nix.md 5): 1 nixpkgs, 2 source, 3 prebuilt, or below the tiers. */
export const Tier = z.enum(["nixpkgs", "source", "prebuilt", "unpinned"]);
export type Tier = z.infer<typeof Tier>;

export const Provenance = z.strictObject({
  /** SRI sha256 of the NAR of the filtered Source. */
  source_hash: z.string(),
  source_revision: z.string().optional(),
  package_set: z.string(),
  /** Revision of nixpkgs, or the hash of the embedded set's index. */
  package_set_pin: z.string(),
  /** Of the release derivation; a build without one has none. */
  drv_path: z.string().optional(),
  template: z.string().optional(),
  tier: Tier,
  sandboxed: z.boolean(),
  pure: z.boolean(),
  nix_version: z.string(),
  system: z.string(),
  /** Local builds: which toolchains, and whose programs they ran. */
  toolchains: z.array(z.string()).optional(),
  toolchain_source: z.enum(["package-set", "host"]).optional(),
});
export type Provenance = z.infer<typeof Provenance>;

/**
 * Version of release.json. A change of BuildArtifact, of the RuntimeConfig in it or of the ReleaseSettings beside it that
 * an older Hop3 would stumble over is a new one, and stored-artifact.ts gets the way to it from the one before.
 */
export const artifactSchema = 2;

/** What every Builder returns; on disk as releases/<n>/release.json. */
export const BuildArtifact = z.strictObject({
  schema: z.literal(artifactSchema),
  kind: z.enum(["nix", "local", "docker", "static"]),
  builder: z.string(),
  app_name: AppName,
  /** Hash part of the store path, image digest or source hash. */
  build_id: z.string(),
  /** RFC 3339, UTC. */
  built_at: z.iso.datetime(),
  /** Store path, directory or image. */
  location: z.string(),
  runtime: RuntimeConfig,
  provenance: Provenance,
  metadata: z.record(z.string(), z.string()),
});
export type BuildArtifact = z.infer<typeof BuildArtifact>;
