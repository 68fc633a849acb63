import type { RecipeDetail, RecipeQuestion, RecipeSummary } from "@hop3/core";
import { type Block, fields, line, table } from "../blocks.ts";
import { at } from "../client.ts";
import type { Answer } from "../command.ts";
import type { Context } from "../context.ts";
import type { Input } from "../input.ts";
import { plural } from "../text.ts";

export async function catalogueList(input: Input, context: Context): Promise<Answer> {
  const search = input.args.join(" ");
  const query = { search: search === "" ? undefined : search, category: input.text("category") };
  const request = { path: at`/catalogue`, query, signal: context.signal };
  const found = await context.client.json(request, "RecipeList");
  const isAll = input.flag("all");
  const shown = found.recipes.filter(({ runsHere }) => isAll || runsHere);
  const hidden = found.recipes.length - shown.length;
  const { expires } = found.catalogue;
  if (expires !== undefined && Date.parse(expires) < context.now()) {
    const text = `  the catalogue was to be renewed by ${expires}: hop3 catalogue update`;
    context.output.notice(line({ text: "warning", tone: "warn" }, text));
  }
  return { json: { ...found, recipes: shown }, blocks: listBlocks(shown, hidden) };
}

function listBlocks(recipes: readonly RecipeSummary[], hidden: number): Block[] {
  const more =
    hidden === 0
      ? []
      : [line(`${plural(hidden, "more recipe")} that this server lacks packages for: --all`)];
  if (recipes.length === 0) return [line("No recipe fits. See them all: hop3 catalogue"), ...more];
  const rows = recipes.map(({ id, title, summary, runsHere }) => [
    { text: id, tone: runsHere ? "bold" : "dim" } as const,
    title,
    runsHere ? summary : `${summary} (not here)`,
  ]);
  return [
    table(["recipe", "title", "what it is"], rows),
    ...more,
    line("Install one: hop3 catalogue install RECIPE"),
  ];
}

export async function catalogueInstalled(_input: Input, context: Context): Promise<Answer> {
  const request = { path: at`/catalogue`, signal: context.signal };
  const { installed } = await context.client.json(request, "RecipeList");
  if (installed.length === 0) {
    const said = "No app was made from a recipe. See them: hop3 catalogue";
    return { json: { installed }, blocks: [line(said)] };
  }
  const rows = installed.map(({ app, recipe, version, newer }) => [
    { text: app, tone: "bold" } as const,
    recipe,
    version,
    newer === undefined ? "" : { text: newerText(version, newer), tone: "warn" as const },
  ]);
  const [first] = installed.filter(({ newer }) => newer !== undefined);
  const hint =
    first === undefined
      ? []
      : [line(`Bring one up to date: hop3 catalogue install ${first.recipe} --app ${first.app}`)];
  return {
    json: { installed },
    blocks: [table(["app", "recipe", "version", "catalogue"], rows), ...hint],
  };
}

/** A recipe changes also where what it installs has the same version. */
function newerText(version: string, newer: string): string {
  return newer === version ? "the recipe has changed" : `has ${newer}`;
}

/** The recipe as the server has it. */
export async function fetchRecipe(id: string, context: Context): Promise<RecipeDetail> {
  const request = { path: at`/catalogue/${id}`, signal: context.signal };
  return await context.client.json(request, "RecipeDetail");
}

export async function catalogueShow(input: Input, context: Context): Promise<Answer> {
  const recipe = await fetchRecipe(input.args[0] ?? "", context);
  const blocks = [
    line({ text: recipe.title, tone: "bold" }, `  ${recipe.summary}`),
    ...recipe.description.split(/\n{2,}/).map((paragraph) => line(paragraph)),
    fields([
      ["version", recipe.version],
      ["runs here", recipe.runsHere ? "yes" : "no: this server's package set lacks what it needs"],
      ["categories", recipe.categories.join(", ")],
      ["homepage", recipe.homepage],
      ["licence", recipe.license],
      ["then", recipe.after],
    ]),
    ...(recipe.inputs.length === 0 ? [] : [inputTable(recipe.inputs)]),
    line(`Install it: hop3 catalogue install ${recipe.id}`),
  ];
  return { json: recipe, blocks };
}

function inputTable(inputs: readonly RecipeQuestion[]): Block {
  const rows = inputs.map((input) => [
    input.name,
    input.label,
    input.choices?.join(" or ") ?? input.type,
    withoutAnswer(input),
  ]);
  return table(["asks", "what", "kind", "without an answer"], rows);
}

function withoutAnswer({ required, generated, default: value }: RecipeQuestion): string {
  if (value !== undefined) return String(value);
  if (generated) return "made by the server";
  return required ? "cannot be installed" : "nothing";
}

export async function catalogueUpdate(_input: Input, context: Context): Promise<Answer> {
  const request = { method: "POST", path: at`/catalogue/update`, signal: context.signal } as const;
  const updated = await context.client.json(request, "CatalogueUpdated");
  const { catalogue, changed } = updated;
  const named = `${catalogue.name} (serial ${catalogue.serial})`;
  const rows = (["added", "updated", "removed"] as const).map(
    (kind) => [kind, updated[kind].join(", ") || undefined] as const,
  );
  const blocks = changed
    ? [line({ text: "Updated", tone: "good" }, ` to ${named}`), fields([...rows])]
    : [line(`${named} is the newest already`)];
  return { json: updated, blocks };
}
