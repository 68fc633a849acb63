import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
} from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { CatalogueIndex, type IndexedRecipe, loadRecipe } from "../packages/core/src/index.ts";

/**
 * Writes the index of a catalogue, and signs it:
 *
 *     node --conditions=hop3-source scripts/catalogue.ts [DIR] [--name NAME] [--key FILE]
 *
 * Where FILE is not there, a key is made. What is printed then is the public key for [catalogue] key in server.toml.
 */
function main(): void {
  const { values, positionals } = parseArgs({
    options: { key: { type: "string" }, name: { type: "string" } },
    allowPositionals: true,
  });
  const dir = positionals[0] ?? join(import.meta.dirname, "../catalogue");
  const file = join(dir, "index.json");
  const before = existsSync(file) ? readIndex(file) : undefined;
  const text = indexText(dir, before, values.name ?? before?.name ?? "hop3");
  writeFileSync(file, text);
  process.stdout.write(`Wrote ${file}\n`);
  if (values.key === undefined) return;
  const key = openKey(values.key);
  writeFileSync(`${file}.sig`, `${sign(null, Buffer.from(text), key).toString("base64")}\n`);
  const der = createPublicKey(key).export({ format: "der", type: "spki" });
  process.stdout.write(`Signed; key = "${der.subarray(-32).toString("base64")}"\n`);
}

function readIndex(file: string): CatalogueIndex {
  return CatalogueIndex.parse(JSON.parse(readFileSync(file, "utf8")));
}

function openKey(file: string) {
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync("ed25519");
    const pem = privateKey.export({ format: "pem", type: "pkcs8" });
    writeFileSync(file, pem, { mode: 0o600, flag: "wx" });
  }
  return createPrivateKey(readFileSync(file));
}

/** The serial rises with every change and only then. */
function indexText(dir: string, before: CatalogueIndex | undefined, name: string): string {
  const known = new Map(before?.recipes.map((entry) => [entry.id, entry]));
  const ids = readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  const recipes = ids.map((id) => entryOf(dir, id, known.get(id)));
  const isSame =
    name === before?.name && JSON.stringify(recipes) === JSON.stringify(before.recipes);
  const serial = (before?.serial ?? 0) + (isSame ? 0 : 1);
  const index = CatalogueIndex.parse({ schema: 1, name, serial, recipes });
  return `${JSON.stringify(index, undefined, 2)}\n`;
}

/** What a recipe's packages are in was evaluated before; catalogue-sets.real.test.ts evaluates it anew. */
function entryOf(dir: string, id: string, before: IndexedRecipe | undefined): IndexedRecipe {
  const base = join(dir, id);
  const files = readdirSync(base, { recursive: true, encoding: "utf8" })
    .filter((path) => statSync(join(base, path)).isFile())
    .sort()
    .map((path) => {
      const content = readFileSync(join(base, path));
      const sha256 = createHash("sha256").update(content).digest("hex");
      return { path: relative(base, join(base, path)), size: content.length, sha256 };
    });
  const texts = {
    recipe: readFileSync(join(base, "recipe.toml"), "utf8"),
    config: readFileSync(join(base, "hop3.toml"), "utf8"),
  };
  const { sheet } = loadRecipe(id, texts);
  return { id, version: sheet.version, sets: before?.sets ?? [], files };
}

main();
