import { defineError, ExitCode, type Verification } from "@hop3/core";
import type { App } from "../db/apps.ts";
import type { Release } from "../db/releases.ts";
import type { Platform } from "./platform.ts";
import { requireReadable } from "./readable.ts";

export const releaseNotVerifiable = defineError<{ app: string; release: number; reason: string }>({
  code: "RELEASE_NOT_VERIFIABLE",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ app, release, reason }) =>
    `release ${release} of '${app}' cannot be built a second time: ${reason}`,
  hint: ({ app }) => `Only what Nix has built can be compared; see: hop3 releases --app ${app}`,
});

export interface VerifyIo {
  /** Given when nobody waits for the result any more. */
  readonly signal: AbortSignal;
  readonly onLine: (text: string) => void;
}

/** Measures the tier of a Release; what runs goes on meanwhile, and the result is stored with its date. */
export async function verifyRelease(
  platform: Platform,
  { app, release }: { readonly app: App; readonly release: Release },
  io: VerifyIo,
): Promise<Verification> {
  const { artifact, number } = release;
  const refuse = (reason: string) =>
    releaseNotVerifiable({ app: app.name, release: number, reason });
  requireReadable(app, release);
  if (artifact === undefined) throw refuse("it was never built");
  const builder = platform.builders.get(artifact.builder);
  if (builder?.verify === undefined) {
    throw refuse(`the builder '${artifact.builder}' leaves nothing to compare with`);
  }
  const home = platform.home.app(app.name);
  const same = platform.releases
    .all(app.id)
    .filter((each) => each.artifact?.location === artifact.location);
  const verification = await builder.verify({
    artifact,
    releaseDirs: same.map((each) => home.release(each.number)),
    signal: AbortSignal.any([io.signal, platform.stopping]),
    onLine: io.onLine,
  });
  platform.releases.setVerification(app.id, artifact.location, verification);
  return verification;
}
