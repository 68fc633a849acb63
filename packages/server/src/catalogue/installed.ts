import { createHash } from "node:crypto";
import type { IndexedRecipe, InstalledRecipe } from "@hop3/core";
import type { App } from "../db/apps.ts";
import { currentRelease } from "../deploy/current-release.ts";
import type { Platform } from "../deploy/platform.ts";

/** What people read is no part of the Source: a better description is no new Release. */
export const sheetFiles: readonly string[] = ["recipe.toml", "icon.svg"];

/** What Releases say of where they come from: the recipe, its version, and a digest of the files that the app is made of. */
export function revisionOf({ id, version, files }: IndexedRecipe): string {
  const hash = createHash("sha256");
  for (const { path, sha256 } of files) {
    if (!sheetFiles.includes(path)) hash.update(`${path} ${sha256}\n`);
  }
  return `catalogue/${id}@${version.slice(0, 100)}+${hash.digest("hex").slice(0, 8)}`;
}

const revisionPattern = /^catalogue\/([^@]+)@(.*?)(?:\+[0-9a-f]{8})?$/;

/** The recipe that an app runs; undefined where it was made otherwise, or has never run. */
export function recipeOf(
  platform: Pick<Platform, "apps" | "releases">,
  app: App,
): { readonly recipe: string; readonly version: string; readonly revision: string } | undefined {
  const revision = currentRelease(platform, app.id)?.sourceRevision;
  const [, recipe, version] = revisionPattern.exec(revision ?? "") ?? [];
  if (revision === undefined || recipe === undefined || version === undefined) return undefined;
  return { recipe, version, revision };
}

/** Apps that were made from recipes, and for which of them the catalogue has something newer. */
export function installedRecipes(
  platform: Pick<Platform, "apps" | "releases">,
  apps: readonly App[],
  entries: readonly IndexedRecipe[],
): readonly InstalledRecipe[] {
  return apps.flatMap((app) => {
    const made = recipeOf(platform, app);
    if (made === undefined) return [];
    const { recipe, version, revision } = made;
    const entry = entries.find(({ id }) => id === recipe);
    const isNewest = entry === undefined || revisionOf(entry) === revision;
    return [{ app: app.name, recipe, version, ...(isNewest ? {} : { newer: entry.version }) }];
  });
}
