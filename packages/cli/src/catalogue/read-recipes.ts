import { createHash } from "node:crypto";
import type { Dirent } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { type CatalogueIndex, type IndexedRecipe, loadRecipe, RecipeId } from "@hop3/core";
import { unreadable } from "../files.ts";
import { catalogueIndexInvalid } from "./index-errors.ts";

/** Every recipe of a directory as the index has it; which sets have its packages is taken over from the index before. */
export async function readRecipes(
  directory: string,
  before: CatalogueIndex | undefined,
): Promise<readonly IndexedRecipe[]> {
  const known = new Map(before?.recipes.map((entry) => [entry.id, entry]));
  const entries = await readEntries(directory);
  const names = entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .sort();
  const recipes: IndexedRecipe[] = [];
  for (const name of names) recipes.push(await readRecipe(directory, name, known.get(name)));
  return recipes;
}

async function readRecipe(
  directory: string,
  name: string,
  before: IndexedRecipe | undefined,
): Promise<IndexedRecipe> {
  const id = RecipeId.safeParse(name);
  if (!id.success) {
    const reason = `${name} cannot be the name of a recipe: ${id.error.issues[0]?.message ?? ""}`;
    throw catalogueIndexInvalid({ directory, reason });
  }
  const base = join(directory, name);
  const contents = await readContents(base);
  const text = (path: string): string => {
    const content = contents.get(path);
    if (content !== undefined) return content.toString("utf8");
    throw catalogueIndexInvalid({ directory, reason: `${name} lacks ${path}` });
  };
  const { sheet } = loadRecipe(name, { recipe: text("recipe.toml"), config: text("hop3.toml") });
  const files = [...contents].map(([path, content]) => ({
    path,
    size: content.length,
    sha256: createHash("sha256").update(content).digest("hex"),
  }));
  return { id: id.data, version: sheet.version, sets: before?.sets ?? [], files };
}

async function readContents(base: string): Promise<ReadonlyMap<string, Buffer>> {
  const entries = await readdir(base, { recursive: true, withFileTypes: true });
  const strange = entries.find((entry) => !entry.isFile() && !entry.isDirectory());
  if (strange !== undefined) {
    const reason = `${strange.name} is a link or a device; a recipe has files`;
    throw catalogueIndexInvalid({ directory: base, reason });
  }
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(base, join(parentPath, name)))
    .sort();
  const contents = new Map<string, Buffer>();
  for (const path of paths) contents.set(path, await readFile(join(base, path)));
  return contents;
}

async function readEntries(directory: string): Promise<Dirent[]> {
  try {
    return await readdir(directory, { withFileTypes: true });
  } catch (cause) {
    throw unreadable(directory, cause);
  }
}
