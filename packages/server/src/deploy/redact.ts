import type { App } from "../db/apps.ts";
import type { Release } from "../db/releases.ts";
import { addonSecrets } from "./addon-variables.ts";
import type { Platform } from "./platform.ts";
import { snapshotPurpose } from "./process-spec.ts";

/** Shorter values would hide half of every text (`1`, `true`, `prod`). */
const shortest = 6;

/** A function that blanks out these values wherever they stand in a text. */
export function redact(secrets: readonly string[]): (text: string) => string {
  const hidden = secrets
    .flatMap((value) => [value, ...value.split("\n")])
    .filter((value) => value.trim().length >= shortest)
    .sort((a, b) => b.length - a.length);
  return (text) => hidden.reduce((shown, value) => shown.replaceAll(value, "[hidden]"), text);
}

/** Blanks out the stored configuration that a Release runs with, and what its addons tell it. */
export function redactFor(
  platform: Platform,
  app: App,
  release: Release,
): (text: string) => string {
  const { config, settings = {} } = release;
  const values =
    config === undefined ? {} : platform.vault.openValues(config, snapshotPurpose(app, release));
  return redact([...Object.values(values), ...addonSecrets(platform, app, settings)]);
}
