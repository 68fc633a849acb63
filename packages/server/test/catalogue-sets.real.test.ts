import { existsSync, readFileSync } from "node:fs";
import { cp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CatalogueIndex, IndexedRecipe, RecipeSet } from "@hop3/core";
import { expect, it } from "vitest";
import { findBuiltInCatalogue } from "../src/catalogue/store.ts";
import { hop3 } from "./support/cli.ts";
import { useTestServer } from "./support/use-test-server.ts";

const builtIn = findBuiltInCatalogue();
/** In later versions of Debian than the oldest that is supported: the index holds for all of them. */
const byVersion: readonly string[] = ["valkey"];

const server = useTestServer("sets");

function readIndex(directory: string): CatalogueIndex {
  return JSON.parse(readFileSync(join(directory, "index.json"), "utf8")) as CatalogueIndex;
}

/** No set here can be asked for nixpkgs; names of Debian's own packages are in no other set. */
function otherSets({ id }: IndexedRecipe): readonly RecipeSet[] {
  const texts = ["hop3.toml", "hop3.nix"]
    .map((name) => join(builtIn, id, name))
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, "utf8"));
  return texts.some((text) => text.includes("debianPackages.")) ? [] : ["nixpkgs"];
}

it("hop3 catalogue index --check finds of every recipe what the built-in index says", {
  timeout: 600_000,
}, async () => {
  const directory = join(server.home, "recipes");
  await cp(builtIn, directory, { recursive: true });
  const index = readIndex(builtIn);
  const unmarked = index.recipes.map((entry) => ({ ...entry, sets: [...otherSets(entry)] }));
  await writeFile(join(directory, "index.json"), JSON.stringify({ ...index, recipes: unmarked }));
  const { exitCode, stderr } = await hop3(server, "catalogue", "index", directory, "--check");
  expect(exitCode, stderr).toBe(0);
  expect(stderr).toContain("gitea  not with debian: ");
  const found = readIndex(directory).recipes.map(({ id, sets }) => {
    return [id, byVersion.includes(id) ? sets.filter((set) => set !== "debian") : sets];
  });
  expect(index.recipes.map(({ id, sets }) => [id, sets])).toEqual(found);
  await rm(directory, { recursive: true });
});
