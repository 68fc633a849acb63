import type { ConfigSnapshot, Release } from "../db/releases.ts";
import type { Attempt } from "./attempt.ts";
import type { Platform } from "./platform.ts";
import { configPurpose, snapshotPurpose } from "./process-spec.ts";

/** Decrypted values of an App; they go into Processes and into a sealed snapshot, nowhere else. */
export function readConfig(
  { apps, vault }: Pick<Platform, "apps" | "vault">,
  appId: number,
): Record<string, string> {
  return Object.fromEntries(
    apps
      .config(appId)
      .map((row) => [row.key, vault.open(row.value, configPurpose({ id: appId }, row.key))]),
  );
}

/** The stored configuration as it is now, sealed for this Release alone. */
export function snapshotConfig({ platform, app }: Attempt, release: Release): ConfigSnapshot {
  const values = readConfig(platform, app.id);
  return {
    sealed: platform.vault.sealValues(values, snapshotPurpose(app, release)),
    keys: Object.keys(values).sort(),
    digest: platform.vault.digest(values),
  };
}
