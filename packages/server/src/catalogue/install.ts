import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type AnsweredRecipe, answerInputs, type InputValue } from "@hop3/core";
import { create } from "tar";
import type { App } from "../db/apps.ts";
import type { Deployment } from "../db/deployments.ts";
import { currentRelease } from "../deploy/current-release.ts";
import type { Deployer } from "../deploy/deployer.ts";
import { makeValue } from "../deploy/generated.ts";
import type { Platform } from "../deploy/platform.ts";
import { configPurpose } from "../deploy/process-spec.ts";
import { uploadPaths } from "../deploy/receive.ts";
import { readConfig, requireUsableValue } from "../deploy/stored-config.ts";
import { recipeAppTaken } from "./catalogue-errors.ts";
import { recipeOf, revisionOf, sheetFiles } from "./installed.ts";
import type { CatalogueStore, StoredRecipe } from "./store.ts";

interface Parts {
  readonly platform: Platform;
  readonly deployer: Deployer;
  readonly catalogue: CatalogueStore;
}

export interface InstallOrder {
  readonly recipe: string;
  readonly app: string;
  readonly inputs: Readonly<Record<string, InputValue>>;
}

/** Makes an app from a recipe, or deploys the recipe's newest state to one that it made before. */
export async function installRecipe(parts: Parts, order: InstallOrder): Promise<Deployment> {
  const { platform, deployer, catalogue } = parts;
  const recipe = await catalogue.recipe(order.recipe);
  const known = platform.apps.find(order.app);
  if (known !== undefined) requireOwn(platform, known, recipe);
  const stored = new Map(known === undefined ? [] : Object.entries(readConfig(platform, known.id)));
  const answered = answerInputs(recipe, order.inputs, { stored });
  for (const [key, value] of Object.entries(answered.values)) requireUsableValue(key, value);
  const archive = await packRecipe(parts, recipe, answered);
  try {
    const app = await deployer.prepareApp(order.app);
    storeValues(platform, app, answered);
    const deployment = deployer.declare(app);
    const target = uploadPaths(platform.home.uploads, deployment.id).archive;
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await rename(archive.file, target);
    const revision = revisionOf(recipe.entry);
    // A newer recipe that comes to the same is a Release all the same: the app then counts as up to date.
    const force = known !== undefined && recipeOf(platform, known)?.revision !== revision;
    deployer.deploy(deployment, { revision, force });
    return deployment;
  } finally {
    await rm(archive.dir, { recursive: true, force: true });
  }
}

/** An app that has never run belongs to nobody yet: an installation that failed can be repeated. */
function requireOwn(platform: Platform, app: App, { id }: StoredRecipe): void {
  if (currentRelease(platform, app.id) === undefined) return;
  if (recipeOf(platform, app)?.recipe === id) return;
  throw recipeAppTaken({ app: app.name, recipe: id });
}

function storeValues(platform: Platform, app: App, { values, generated }: AnsweredRecipe): void {
  const made = Object.entries(generated).map(([key, spec]) => [key, makeValue(spec)] as const);
  const at = platform.now().toISOString();
  platform.db.transaction(() => {
    for (const [key, value] of [...Object.entries(values), ...made]) {
      const sealed = platform.vault.seal(value, configPurpose(app, key));
      platform.apps.setConfig(app.id, key, { value: sealed, at });
    }
  });
}

/** The recipe's files as the archive that an upload would be: the same road from here on. */
async function packRecipe(
  { platform, catalogue }: Parts,
  { id }: StoredRecipe,
  { config }: AnsweredRecipe,
): Promise<{ readonly dir: string; readonly file: string }> {
  const { uploads } = platform.home;
  await mkdir(uploads, { recursive: true, mode: 0o700 });
  const dir = await mkdtemp(join(uploads, "recipe-"));
  const tree = join(dir, "tree");
  const files = new Map(await catalogue.files(id));
  for (const name of sheetFiles) files.delete(name);
  files.set("hop3.toml", Buffer.from(config));
  for (const [path, content] of files) {
    const target = join(tree, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
  }
  const file = join(dir, "source.tar.gz");
  await create({ gzip: true, cwd: tree, portable: true, file }, [...files.keys()]);
  return { dir, file };
}
