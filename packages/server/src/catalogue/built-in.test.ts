import { readdirSync, readFileSync, statSync } from "node:fs";
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
    const found = readdirSync(`${dir}/${id}`, { recursive: true, encoding: "utf8" });
    const files = found.filter((path) => statSync(`${dir}/${id}/${path}`).isFile());
    expect(paths, id).toEqual(files.sort());
    expect(paths, id).toContain("icon.svg");
  }
});

it("no two recipes have the same picture or the same summary", async () => {
  const dir = findBuiltInCatalogue();
  const recipes = await (await openCatalogue(dir, "built-in")).recipes();
  const icons = recipes.map(({ id }) => {
    return /<g [\s\S]*<\/g>/.exec(readFileSync(`${dir}/${id}/icon.svg`, "utf8"))?.[0];
  });
  expect(new Set(icons).size).toBe(recipes.length);
  expect(icons).not.toContain(undefined);
  const summaries = recipes.map(({ sheet }) => sheet.summary);
  expect(summaries.filter((each, at) => summaries.indexOf(each) !== at)).toEqual([]);
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
