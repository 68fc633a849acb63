import { z } from "zod";

/** What a rebuild has shown; the worst that was found counts. */
export const VerificationState = z.enum([
  "reproducible",
  "stale-hash",
  "eval-error",
  "not-deterministic",
  "build-failed",
]);
export type VerificationState = z.infer<typeof VerificationState>;

/** One file that a rebuild made otherwise. */
export const FileDifference = z.strictObject({
  /** Relative to the output; empty where the output itself is a file. */
  path: z.string(),
  kind: z.enum(["bytes", "size", "mode", "target", "type", "missing", "added"]),
  /** First byte that differs, from 0. */
  offset: z.int().min(0).optional(),
  /** Of the running file and of the rebuilt one. */
  sizes: z.tuple([z.int(), z.int()]).optional(),
});
export type FileDifference = z.infer<typeof FileDifference>;

/** One derivation that was built or fetched again. */
export const CheckedDerivation = z.strictObject({
  name: z.string(),
  drvPath: z.string(),
  /** `fetch`: its content is fixed by a hash. */
  kind: z.enum(["build", "fetch"]),
  state: z.enum(["same", "differs", "stale-hash", "failed", "unreachable"]),
  ms: z.number(),
  differences: z.array(FileDifference).optional(),
  /** How many files differ, where there are more than are listed. */
  differing: z.int().optional(),
  /** Last lines of what it said, where it failed. */
  evidence: z.string().optional(),
});
export type CheckedDerivation = z.infer<typeof CheckedDerivation>;

/** The tier is a claim; this is its measurement, of one closure at one time. */
export const Verification = z.strictObject({
  state: VerificationState,
  at: z.iso.datetime(),
  ms: z.number(),
  derivations: z.array(CheckedDerivation),
  /** Why, in one sentence, where it is not reproducible. */
  reason: z.string().optional(),
});
export type Verification = z.infer<typeof Verification>;
