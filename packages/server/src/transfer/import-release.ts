import { rm } from "node:fs/promises";
import { isBelow, policyTier } from "@hop3/core";
import { activate } from "../deploy/activate.ts";
import type { Attempt } from "../deploy/attempt.ts";
import { requireFreeDomain } from "../deploy/domains.ts";
import { keepRelease, record, withRelease } from "../deploy/pipeline.ts";
import type { Platform } from "../deploy/platform.ts";
import { uploadPaths } from "../deploy/receive.ts";
import { readCache, signingKey } from "../nix/binary-cache.ts";
import { type BundledRelease, bundlePaths, unpackBundle } from "./bundle.ts";
import { bundleIncomplete, bundleUntrusted } from "./transfer-errors.ts";

/** From an uploaded bundle to a routed app: nothing is evaluated or built, every path has to be signed. */
export function importRelease(attempt: Attempt): Promise<void> {
  return withRelease(attempt, async (release) => {
    const { platform, app } = attempt;
    const { archive, dir } = uploadPaths(platform.home.uploads, attempt.id);
    const paths = bundlePaths(`${dir}/bundle`);
    try {
      const maxBytes = platform.settings.policy["max-upload-bytes"];
      const bundled = await attempt.phase("receive", () =>
        unpackBundle(archive, { dir: paths.dir, maxBytes }),
      );
      requireBundledTier(platform, bundled);
      await attempt.phase("check", () => takeOver(attempt, paths.cache, bundled));
      const { artifact, settings } = bundled;
      platform.releases.setSource(release, {
        hash: artifact.provenance.source_hash,
        revision: artifact.provenance.source_revision,
      });
      const closure = await platform.nix.closure(artifact.location);
      const ready = record(attempt, release, {
        artifact: { ...artifact, app_name: app.name },
        settings,
        inputHash: undefined,
        closure: { paths: closure.paths.length, bytes: closure.bytes },
      });
      await keepRelease(attempt, ready);
      return await activate(attempt, ready);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });
}

/** What comes from elsewhere is new here, and is measured as what is built here. */
function requireBundledTier({ settings }: Platform, { artifact }: BundledRelease): void {
  const required = settings.policy["require-tier"];
  const { tier } = artifact.provenance;
  if (required === undefined || !isBelow(tier, required)) return;
  throw policyTier({
    tier,
    required,
    because: "the server that it was exported from says so",
    hint: "Export a Release of a better tier there (hop3 releases shows them), or ask the operator of this server",
    place: undefined,
  });
}

async function takeOver(attempt: Attempt, cache: string, bundled: BundledRelease): Promise<void> {
  const { platform, app, signal } = attempt;
  for (const domain of bundled.settings.domains) requireFreeDomain(platform, app, domain);
  const own = await signingKey(platform.home.keys);
  const trusted = [own.publicKey, ...platform.settings.policy["trusted-keys"]];
  const storePath = bundled.artifact.location;
  const taken = await readCache({ dir: cache, storePath, signal }, trusted);
  signal.throwIfAborted();
  if (taken.exitCode !== 0) {
    const unsigned =
      /'(\/nix\/store\/[^']+)'[^\n]*(?:lacks a (?:valid )?signature|lacks a signature)/.exec(
        taken.stderr,
      )?.[1];
    if (unsigned !== undefined) throw bundleUntrusted({ path: unsigned, keys: trusted });
    throw bundleIncomplete({ output: taken.stderr });
  }
  const stored = new Set(platform.apps.config(app.id).map((row) => row.key));
  const missing = bundled.configKeys.filter((key) => !stored.has(key));
  if (missing.length === 0) return;
  attempt.note(
    "warning",
    `There it ran with ${missing.join(", ")}, whose values stay there: hop3 config set`,
  );
}
