import { createHash } from "node:crypto";
import type { Digest } from "../lockfiles/lockfile.ts";

/** For lockfiles that carry a digest of their manifest. */
export const digest: Digest = (algorithm, text) => createHash(algorithm).update(text).digest("hex");
