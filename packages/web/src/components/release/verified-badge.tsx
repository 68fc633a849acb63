import type { VerificationState } from "@hop3/core/api";
import { Badge } from "../badge.tsx";

const words: Readonly<Record<VerificationState, string>> = {
  reproducible: "reproducible",
  "stale-hash": "a hash is out of date",
  "eval-error": "evaluates no more",
  "not-deterministic": "builds differently",
  "build-failed": "builds no more",
};

/** What a second build has shown. */
export function VerifiedBadge({ state }: { readonly state: VerificationState }) {
  return <Badge tone={state === "reproducible" ? "good" : "warn"}>{words[state]}</Badge>;
}
