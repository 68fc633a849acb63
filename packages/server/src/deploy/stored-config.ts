import { defineError, ExitCode } from "@hop3/core";
import type { AppStore } from "../db/apps.ts";
import type { ConfigSnapshot, Release, ReleaseStore } from "../db/releases.ts";
import { openVault, type Vault } from "../secrets/vault.ts";
import type { Attempt } from "./attempt.ts";
import type { Platform } from "./platform.ts";
import { configPurpose, snapshotPurpose } from "./process-spec.ts";

export const variableUnusable = defineError<{ key: string; reason: string }>({
  code: "VARIABLE_UNUSABLE",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ key, reason }) => `the value of ${key} ${reason}, and no process can have such a one`,
  hint: ({ key }) =>
    `Nothing was stored. Put large or binary data into a file in the app's data directory and its path into ${key}`,
});

/** Length of `KEY=value` and the NUL at its end that Linux allows (MAX_ARG_STRLEN, linux/binfmts.h). */
const longestVariable = 131_072;

/** Fails on what execve(2) would refuse, long before a Process is started with it. */
export function requireUsableValue(key: string, value: string): void {
  if (value.includes("\0")) throw variableUnusable({ key, reason: "holds a NUL character" });
  const length = Buffer.byteLength(`${key}=${value}`) + 1;
  if (length <= longestVariable) return;
  throw variableUnusable({ key, reason: `is ${length - longestVariable} bytes too long` });
}

/** The vault of a home, once it is certain that its key opens what the database holds. */
export function openFittingVault(file: string, apps: AppStore, releases: ReleaseStore): Vault {
  for (const app of apps.all()) {
    const row = apps.config(app.id)[0];
    const release = releases.all(app.id).find(({ config }) => config !== undefined);
    if (row === undefined && release?.config === undefined) continue;
    const vault = openVault(file, { mayMake: false });
    if (row !== undefined) vault.open(row.value, configPurpose(app, row.key));
    if (release?.config !== undefined) vault.open(release.config, snapshotPurpose(app, release));
    return vault;
  }
  return openVault(file, { mayMake: true });
}

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

/** A Release runs with the configuration it was made with: says which keys are stored differently by now. */
export function noteOtherConfig({ platform, app, note }: Attempt, release: Release): void {
  if (release.config === undefined) return;
  const stored = readConfig(platform, app.id);
  const own = platform.vault.openValues(release.config, snapshotPurpose(app, release));
  const keys = [...new Set([...Object.keys(stored), ...Object.keys(own)])].sort();
  const other = keys.filter((key) => stored[key] !== own[key]);
  if (other.length === 0) return;
  note(
    "warning",
    `Release ${release.number} runs with the configuration it was made with; stored differently now: ${other.join(", ")}`,
  );
}
