import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { searchRecipes } from "./search.ts";
import { findBuiltInCatalogue, openCatalogue } from "./store.ts";

it("the built-in index has every recipe as it is (hop3 catalogue index catalogue writes it)", async () => {
  const dir = findBuiltInCatalogue();
  const store = await openCatalogue(dir, "built-in");
  const recipes = await store.recipes();
  const directories = readdirSync(dir, { withFileTypes: true }).filter((each) =>
    each.isDirectory(),
  );
  expect(recipes.map(({ id }) => id)).toEqual(directories.map(({ name }) => name).sort());
  for (const { id, entry } of recipes) {
    const paths = entry.files.map(({ path }) => path);
    const files = readdirSync(`${dir}/${id}`, { recursive: true, encoding: "utf8" });
    expect(paths, id).toEqual(files.sort());
    expect(paths, id).toContain("icon.svg");
  }
});

it("a search puts names before descriptions", async () => {
  const store = await openCatalogue(findBuiltInCatalogue(), "built-in");
  const recipes = await store.recipes();
  const found = searchRecipes(recipes, { search: "Prometheus" }).map(({ id }) => id);
  expect(found[0]).toBe("prometheus");
  expect(found).toContain("pushgateway");
  expect(searchRecipes(recipes, { search: "prometheus wiki" })).toEqual([]);
  expect(searchRecipes(recipes, {})).toHaveLength(recipes.length);
});
