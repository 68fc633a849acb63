import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CatalogueIndex, IndexedRecipe, RecipeSet } from "@hop3/core";
import { expect, it } from "vitest";
import { findBuiltInCatalogue } from "../src/catalogue/store.ts";
import { pack } from "./support/test-server.ts";
import { useTestServer } from "./support/use-test-server.ts";

const dir = findBuiltInCatalogue();
const file = join(dir, "index.json");
const index = JSON.parse(readFileSync(file, "utf8")) as CatalogueIndex;
/** In later versions of Debian than the oldest that is supported: the index holds for all of them. */
const byVersion: readonly string[] = ["valkey"];

const server = useTestServer("sets");

/** What is evaluated is what a deploy would build. Names of Debian's own packages are in no other set. */
async function setsOf({ id }: IndexedRecipe): Promise<RecipeSet[]> {
  const checked = await server.api("POST", `/nix/check?app=${id}`, await pack(join(dir, id)));
  const isDebian = checked.status === 200;
  const config = readFileSync(join(dir, id, "hop3.toml"), "utf8");
  const isNixpkgs = !config.includes("debianPackages.");
  if (!isDebian) expect(checked.text, id).toMatch(/"code":"(?:NIX_ATTRIBUTE|NIX_EVAL|EVAL)/);
  return [...(isDebian ? ["debian" as const] : []), ...(isNixpkgs ? ["nixpkgs" as const] : [])];
}

it("the index says of every recipe which package sets have what it needs", {
  timeout: 600_000,
}, async () => {
  const found: IndexedRecipe[] = [];
  for (const entry of index.recipes) {
    const sets = await setsOf(entry);
    const isLater = byVersion.includes(entry.id);
    found.push({ ...entry, sets: isLater ? sets.filter((set) => set !== "debian") : sets });
  }
  if (process.env["UPDATE_GOLDEN"] === "1") {
    writeFileSync(file, `${JSON.stringify({ ...index, recipes: found }, undefined, 2)}\n`);
    return;
  }
  expect(index.recipes.map(({ id, sets }) => [id, sets])).toEqual(
    found.map(({ id, sets }) => [id, sets]),
  );
});
