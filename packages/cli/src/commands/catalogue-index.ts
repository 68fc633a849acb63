import type { KeyObject } from "node:crypto";
import { join } from "node:path";
import { CatalogueIndex, type IndexedRecipe, parseDuration } from "@hop3/core";
import { type Block, fields, line } from "../blocks.ts";
import { checkSets } from "../catalogue/check-sets.ts";
import { catalogueIndexInvalid } from "../catalogue/index-errors.ts";
import { readRecipes } from "../catalogue/read-recipes.ts";
import { openKey, publicKeyOf, signatures } from "../catalogue/sign-index.ts";
import type { Answer } from "../command.ts";
import { resolveFrom } from "../config-file.ts";
import type { Context } from "../context.ts";
import { fileUnreadable, usageError } from "../errors.ts";
import { readIfThere, writeText } from "../files.ts";
import type { Input } from "../input.ts";

/** Writes index.json of a directory of recipes, and its signature where a key is named. */
export async function catalogueIndex(input: Input, context: Context): Promise<Answer> {
  const directory = resolveFrom(context, input.args[0] ?? ".");
  const file = join(directory, "index.json");
  const before = await readIndex(file);
  const expires = expiryOf(input, context);
  const found = await readRecipes(directory, before);
  const recipes = input.flag("check") ? await checkSets(directory, found, context) : found;
  const name = input.text("name") ?? before?.name ?? "hop3";
  const index = makeIndex(directory, before, { name, expires, recipes });
  const keys = await openKeys(input, context);
  const text = `${JSON.stringify(index, undefined, 2)}\n`;
  await writeText(file, text);
  if (keys.length > 0) await writeText(`${file}.sig`, signatures(text, keys));
  const publicKeys = keys.map(publicKeyOf);
  const changed = index.serial !== before?.serial;
  const { serial } = index;
  const json = { file, name, serial, expires, changed, recipes: recipes.length, keys: publicKeys };
  return { json, blocks: describe(json) };
}

async function readIndex(file: string): Promise<CatalogueIndex | undefined> {
  const text = await readIfThere(file);
  if (text === undefined) return undefined;
  try {
    return CatalogueIndex.parse(JSON.parse(text));
  } catch (cause) {
    throw fileUnreadable({ file, because: "it is no index of a catalogue" }, { cause });
  }
}

function expiryOf(input: Input, context: Context): string | undefined {
  const text = input.text("expires");
  if (text === undefined) return undefined;
  const seconds = parseDuration(text) ?? 0;
  if (seconds > 0) return new Date(context.now() + seconds * 1000).toISOString();
  throw usageError({
    message: `--expires '${text}' is no length of time`,
    hint: "Give days or hours, for example --expires 90d",
  });
}

async function openKeys(input: Input, context: Context): Promise<readonly KeyObject[]> {
  const names = [input.text("key"), input.text("next-key")].filter((name) => name !== undefined);
  const keys: KeyObject[] = [];
  for (const name of names) keys.push(await openKey(resolveFrom(context, name)));
  return keys;
}

interface Wanted {
  readonly name: string;
  readonly expires: string | undefined;
  readonly recipes: readonly IndexedRecipe[];
}

/** The serial rises with every change and only then. */
function makeIndex(
  directory: string,
  before: CatalogueIndex | undefined,
  wanted: Wanted,
): CatalogueIndex {
  const serial = before?.serial ?? 0;
  const made = CatalogueIndex.safeParse({ schema: 1, serial: Math.max(serial, 1), ...wanted });
  if (made.success) {
    const isSame = JSON.stringify(made.data) === JSON.stringify(before);
    return isSame ? made.data : { ...made.data, serial: serial + 1 };
  }
  const [issue] = made.error.issues;
  const reason = `${placeOf(issue?.path ?? [], wanted.recipes)} ${issue?.message ?? ""}`;
  throw catalogueIndexInvalid({ directory, reason });
}

/** `recipes.3.files.2.path` says little to whoever has written the recipe. */
function placeOf(path: readonly PropertyKey[], recipes: readonly IndexedRecipe[]): string {
  const [key = "", recipe, , file] = path;
  const found = recipes[Number(recipe)];
  if (found === undefined) return String(key);
  const named = found.files[Number(file)];
  return named === undefined ? found.id : `${found.id}/${named.path}`;
}

interface Written {
  readonly file: string;
  readonly name: string;
  readonly serial: number;
  readonly expires: string | undefined;
  readonly changed: boolean;
  readonly recipes: number;
  readonly keys: readonly string[];
}

function describe(written: Written): Block[] {
  const { file, name, serial, expires, changed, recipes, keys } = written;
  const [key, next] = keys;
  return [
    line({ text: changed ? "Written" : "Unchanged", tone: "good" }, `  ${file}`),
    fields([
      ["catalogue", `${name}, serial ${serial}`],
      ["recipes", String(recipes)],
      ["counts until", expires],
      ["key", key],
      ["next key", next],
    ]),
    key === undefined
      ? line("Not signed: servers take over only what is signed (--key FILE)")
      : line(`Servers trust it with this in server.toml: [catalogue] key = "${next ?? key}"`),
  ];
}
