import { createRoute, z } from "@hono/zod-openapi";
import {
  CatalogueUpdated,
  DeploymentSummary,
  InstallRequest,
  type InstallRequest as Order,
  RecipeDetail,
  type RecipeInput,
  RecipeList,
  type RecipeQuestion,
  type RecipeSet,
  type RecipeSummary,
} from "@hop3/core";
import { installRecipe } from "../../catalogue/install.ts";
import { installedRecipes } from "../../catalogue/installed.ts";
import { searchRecipes } from "../../catalogue/search.ts";
import type { StoredRecipe } from "../../catalogue/store.ts";
import { allow, changes, describeChange, reads, visible } from "../access.ts";
import { json, jsonBody, makeRoutes, problems } from "../openapi.ts";
import type { Service } from "../service.ts";
import { showDeployment } from "../views.ts";

const RecipeParams = z.object({ recipe: z.string().max(64) });

const listRoute = createRoute({
  ...reads("server.read"),
  method: "get",
  path: "/catalogue",
  description: "Recipes to install apps from, the best fit of a search first.",
  request: {
    query: z.object({
      search: z.string().max(200).optional(),
      category: z.string().max(40).optional(),
    }),
  },
  responses: { 200: json(RecipeList, "Recipes and categories"), ...problems },
});
const showRoute = createRoute({
  ...reads("server.read"),
  method: "get",
  path: "/catalogue/{recipe}",
  request: { params: RecipeParams },
  responses: { 200: json(RecipeDetail, "The recipe and what it asks"), ...problems },
});
const iconRoute = createRoute({
  ...reads("server.read"),
  method: "get",
  path: "/catalogue/{recipe}/icon",
  request: { params: RecipeParams },
  responses: {
    200: { content: { "image/svg+xml": { schema: z.string() } }, description: "SVG" },
    ...problems,
  },
});
const installRoute = createRoute({
  // Which app it is about stands in the body: the handler asks for app.deploy and app.configure.
  ...changes("server.read", "catalogue.install"),
  method: "post",
  path: "/catalogue/{recipe}/install",
  description:
    "Makes an app from a recipe. An app made from it before gets its newest state; answers that are stored need not be given again.",
  request: { params: RecipeParams, body: jsonBody(InstallRequest) },
  responses: { 202: json(DeploymentSummary, "Queued; its events tell the rest"), ...problems },
});
const updateRoute = createRoute({
  ...changes("server.manage", "catalogue.update"),
  method: "post",
  path: "/catalogue/update",
  description: "Takes over the signed catalogue of the configured address.",
  responses: { 200: json(CatalogueUpdated, "What has changed"), ...problems },
});

export function catalogueRoutes(service: Service) {
  const { platform, deployer, catalogue } = service;
  return makeRoutes()
    .openapi(listRoute, async (c) => {
      const [store, set] = await Promise.all([catalogue.current(), catalogue.set()]);
      const recipes = await store.recipes();
      const found = searchRecipes(recipes, c.req.valid("query"));
      const shown = found.map((recipe) => showSummary(recipe, set));
      const apps = visible(c, "app.read", platform.apps.all());
      const list = {
        catalogue: store.info,
        recipes: shown,
        categories: countCategories(recipes),
        installed: [...installedRecipes(platform, apps, store.index.recipes)],
      };
      return c.json(list, 200);
    })
    .openapi(updateRoute, async (c) => {
      const signal = AbortSignal.any([c.req.raw.signal, platform.stopping]);
      const updated = await catalogue.update(signal);
      describeChange(c, { after: `${updated.catalogue.name} ${updated.catalogue.serial}` });
      return c.json(updated, 200);
    })
    .openapi(showRoute, async (c) => {
      const [store, set] = await Promise.all([catalogue.current(), catalogue.set()]);
      return c.json(showDetail(await store.recipe(c.req.valid("param").recipe), set), 200);
    })
    .openapi(iconRoute, async (c) => {
      const files = await (await catalogue.current()).files(c.req.valid("param").recipe);
      const icon = files.get("icon.svg")?.toString("utf8") ?? plainIcon;
      return c.body(icon, 200, iconHeaders);
    })
    .openapi(installRoute, async (c) => {
      const { app, inputs }: Order = c.req.valid("json");
      describeChange(c, { app });
      allow(c, "app.deploy", app);
      allow(c, "app.configure", app);
      const order = { recipe: c.req.valid("param").recipe, app, inputs };
      const parts = { platform, deployer, catalogue: await catalogue.current() };
      const deployment = await installRecipe(parts, order);
      const names = Object.keys(inputs).join(", ");
      describeChange(c, { target: order.recipe, ...(names === "" ? {} : { after: names }) });
      return c.json(showDeployment(platform, deployment), 202);
    });
}

/** A picture and nothing else, whoever has made it: opened by itself it runs no script and loads nothing. */
const iconHeaders = {
  "content-type": "image/svg+xml",
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
  "x-content-type-options": "nosniff",
  "cache-control": "private, max-age=300",
};

const plainIcon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect x="8" y="8" width="48" height="48" rx="10" fill="#7a8594"/></svg>';

function showSummary({ id, sheet, entry }: StoredRecipe, set: RecipeSet): RecipeSummary {
  const { title, summary, version, categories } = sheet;
  const runsHere = entry.sets.includes(set);
  const icon = `/api/v1/catalogue/${id}/icon`;
  return { id, title, summary, version, categories, runsHere, icon };
}

function showDetail(recipe: StoredRecipe, set: RecipeSet): RecipeDetail {
  const { description, homepage, license, after, inputs } = recipe.sheet;
  return {
    ...showSummary(recipe, set),
    description,
    homepage,
    license,
    ...(after === undefined ? {} : { after }),
    inputs: inputs.map(showInput),
  };
}

function showInput({ config: _, generate, length: __, ...input }: RecipeInput): RecipeQuestion {
  const isAnswered = generate !== undefined || input.default !== undefined;
  return { ...input, required: input.required && !isAnswered, generated: generate !== undefined };
}

function countCategories(recipes: readonly StoredRecipe[]): { name: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const name of recipes.flatMap(({ sheet }) => sheet.categories)) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts]
    .map(([name, count]) => ({ name, count }))
    .sort((a, b) => b.count - a.count || a.name.localeCompare(b.name));
}
