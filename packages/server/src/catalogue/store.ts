import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  CatalogueIndex,
  type CatalogueInfo,
  type IndexedRecipe,
  loadRecipe,
  nearest,
  type Recipe,
} from "@hop3/core";
import { catalogueInvalid, recipeNotFound } from "./catalogue-errors.ts";

/** A catalogue on the disk: index.json, and a directory for each recipe. */
export interface CatalogueStore {
  readonly info: CatalogueInfo;
  readonly index: CatalogueIndex;
  /** All recipes, in the order of the index. */
  recipes(): Promise<readonly StoredRecipe[]>;
  recipe(id: string): Promise<StoredRecipe>;
  /** Content by path, each checked against the index. */
  files(id: string): Promise<ReadonlyMap<string, Buffer>>;
}

export interface StoredRecipe extends Recipe {
  readonly entry: IndexedRecipe;
}

/** Where the catalogue is that ships with the program: beside `dist/`, or at the top of the repository. */
export function findBuiltInCatalogue(): string {
  const here = import.meta.dirname;
  const candidates = [join(here, "../../catalogue"), join(here, "../../../../catalogue")];
  const found = candidates.find((dir) => existsSync(join(dir, "index.json")));
  if (found === undefined) throw new Error(`no catalogue beside ${here}`);
  return found;
}

/** Reads the index of a catalogue; its files are read and checked when they are wanted. */
export async function openCatalogue(
  dir: string,
  origin: CatalogueInfo["origin"],
): Promise<CatalogueStore> {
  const index = parseIndex(join(dir, "index.json"), await readFile(join(dir, "index.json")));
  const known = new Map<string, StoredRecipe>();
  const entryOf = (id: string): IndexedRecipe => requireEntry(index, id);
  const files = async (id: string) => await readFiles(join(dir, entryOf(id).id), entryOf(id));
  const recipe = async (id: string): Promise<StoredRecipe> => {
    const found = known.get(id) ?? (await readRecipe(dir, entryOf(id)));
    known.set(id, found);
    return found;
  };
  return {
    info: infoOf(index, origin),
    index,
    recipe,
    recipes: () => Promise.all(index.recipes.map(({ id }) => recipe(id))),
    files,
  };
}

function infoOf(
  { name, serial, expires }: CatalogueIndex,
  origin: CatalogueInfo["origin"],
): CatalogueInfo {
  return { name, serial, origin, ...(expires === undefined ? {} : { expires }) };
}

/** Judges bytes that claim to be an index; `place` is named where they are none. */
export function parseIndex(place: string, bytes: Uint8Array): CatalogueIndex {
  const parsed = CatalogueIndex.safeParse(parseJson(bytes));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.map(String).join(".") ?? "";
  const reason = `is no index of a catalogue: ${where} ${issue?.message ?? ""}`.replace(/ +/g, " ");
  throw catalogueInvalid({ place, reason: reason.trim() });
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return undefined;
  }
}

function requireEntry(index: CatalogueIndex, id: string): IndexedRecipe {
  const entry = index.recipes.find((each) => each.id === id);
  if (entry !== undefined) return entry;
  const names = index.recipes.map((each) => each.id);
  throw recipeNotFound({ id: id.slice(0, 64), nearest: nearest(id, names) });
}

async function readRecipe(dir: string, entry: IndexedRecipe): Promise<StoredRecipe> {
  const files = await readFiles(join(dir, entry.id), entry);
  const text = (path: string): string => files.get(path)?.toString("utf8") ?? "";
  const texts = { recipe: text("recipe.toml"), config: text("hop3.toml") };
  return { ...loadRecipe(entry.id, texts), entry };
}

async function readFiles(
  dir: string,
  { id, files }: IndexedRecipe,
): Promise<ReadonlyMap<string, Buffer>> {
  const read = new Map<string, Buffer>();
  for (const { path, sha256 } of files) {
    const content = await readFile(join(dir, path));
    requireHash({ place: `${id}/${path}`, content, sha256 });
    read.set(path, content);
  }
  return read;
}

interface Hashed {
  readonly place: string;
  readonly content: Uint8Array;
  readonly sha256: string;
}

/** What was read is what the index means, or it is not used. */
export function requireHash({ place, content, sha256 }: Hashed): void {
  const found = createHash("sha256").update(content).digest("hex");
  if (found === sha256) return;
  const reason = `is not the file that the index means (sha256 ${found} instead of ${sha256})`;
  throw catalogueInvalid({ place, reason });
}
