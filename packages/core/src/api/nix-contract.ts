import { z } from "zod";
import { FailureData } from "../deploy/timeline.ts";
import { LockedFile } from "../lockfiles/hop3-lock.ts";
import { registryNames } from "../lockfiles/registry-names.ts";
import { Origin, Plan } from "../plan/plan.ts";

/** Shapes of POST /nix/check and POST /nix/lock. */

/** A Plan as it crosses the wire: values of settings are any JSON, which no description of the API can spell out. */
const WirePlan = Plan.extend({
  settings: z.record(z.string(), z.strictObject({ value: z.unknown(), origin: Origin })),
});

/** What a build of a Source would do. */
export const NixCheck = z.strictObject({
  plan: WirePlan,
  /** Where the result would lie in the store. */
  location: z.string(),
  drvPath: z.string(),
  /** Those that the expression names. */
  workers: z.array(z.string()),
  /** Derivations that would be built now, and store paths that would come from a cache. */
  toBuild: z.array(z.string()),
  toFetch: z.array(z.string()),
  /** How many derivations it consists of. */
  derivations: z.int(),
});
export type NixCheck = z.infer<typeof NixCheck>;

/** Addresses of the server's registries, without credentials. */
export const RegistryAddresses = z.strictObject({
  registries: z.partialRecord(z.enum(registryNames), z.string()),
});
export type RegistryAddresses = z.infer<typeof RegistryAddresses>;

const Wanted = z.strictObject({
  key: z.string(),
  registry: z.enum(registryNames),
  files: z.array(
    z.strictObject({
      file: z.string(),
      path: z.string().optional(),
      url: z.url({ protocol: /^https?$/ }).optional(),
      isOptional: z.boolean().optional(),
    }),
  ),
  index: z
    .strictObject({
      name: z.string(),
      version: z.string(),
      hashes: z.array(z.string()),
      extras: z.array(z.string()),
    })
    .optional(),
});

/** What has to be fetched to know its hash. */
export const LockRequest = z.strictObject({ packages: z.array(Wanted).max(50_000) });
export type LockRequest = z.infer<typeof LockRequest>;

/** One line of the answer: a dependency with the hashes of its files, or how it ended. */
export const LockLine = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("log"), text: z.string() }),
  z.strictObject({ type: z.literal("end"), packages: z.record(z.string(), z.array(LockedFile)) }),
  z.strictObject({ type: z.literal("failure"), failure: FailureData }),
]);
export type LockLine = z.infer<typeof LockLine>;
