import { releaseNewer } from "@hop3/core";
import type { Release } from "../db/releases.ts";

/** Fails for a Release that a newer version has made: what it needs to run can only be guessed here. */
export function requireReadable(
  app: { readonly name: string },
  { number, newerSchema }: Pick<Release, "number" | "newerSchema">,
): void {
  if (newerSchema === undefined) return;
  throw releaseNewer({ what: `release ${number} of '${app.name}'`, found: newerSchema });
}
