import { join } from "node:path";
import { Hop3Error, type IndexedRecipe, RecipeSet } from "@hop3/core";
import { line } from "../blocks.ts";
import { at } from "../client.ts";
import { readConfigFile } from "../config-file.ts";
import type { Context } from "../context.ts";
import { packSource, readSource } from "../source.ts";

/** Has the server evaluate each recipe, and notes whether its package set has what the recipe needs. */
export async function checkSets(
  directory: string,
  recipes: readonly IndexedRecipe[],
  context: Context,
): Promise<readonly IndexedRecipe[]> {
  const request = { path: at`/packages`, signal: context.signal };
  const set = RecipeSet.parse((await context.client.json(request, "PackageSetInfo")).name);
  const checked: IndexedRecipe[] = [];
  for (const recipe of recipes) {
    const lack = await findLack(join(directory, recipe.id), recipe.id, context);
    const others = recipe.sets.filter((each) => each !== set);
    checked.push({ ...recipe, sets: lack === undefined ? [...others, set].sort() : others });
    const said = lack === undefined ? `evaluates with ${set}` : `not with ${set}: ${lack}`;
    context.output.notice(line({ text: `  ${recipe.id}  ${said}`, tone: "dim" }));
  }
  return checked;
}

/** Why the recipe cannot be evaluated; what is no answer about it is a failure of the command. */
async function findLack(
  directory: string,
  app: string,
  context: Context,
): Promise<string | undefined> {
  const entries = await readSource(directory, await readConfigFile(directory), context);
  const upload = packSource(directory, entries);
  const request = { method: "POST", path: at`/nix/check`, query: { app }, upload } as const;
  try {
    await context.client.json({ ...request, signal: context.signal }, "NixCheck");
    return undefined;
  } catch (error) {
    if (error instanceof Hop3Error && /^NIX_/.test(error.failure.code)) return error.message;
    throw error;
  }
}
