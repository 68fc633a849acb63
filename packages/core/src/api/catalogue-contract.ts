import { z } from "zod";
import { InputName, InputType, InputValue, RecipeId } from "../catalogue/recipe.ts";
import { AppName } from "../names.ts";

/** Shapes of /catalogue. */

export const RecipeSummary = z.strictObject({
  id: RecipeId,
  title: z.string(),
  /** One line. */
  summary: z.string(),
  version: z.string(),
  categories: z.array(z.string()),
  /** Whether the package set of this server has all that it needs. */
  runsHere: z.boolean(),
  /** Address of its icon, an SVG, on this server. */
  icon: z.string(),
});
export type RecipeSummary = z.infer<typeof RecipeSummary>;

/** A field of the form. */
export const RecipeQuestion = z.strictObject({
  name: InputName,
  label: z.string(),
  type: InputType,
  help: z.string().optional(),
  /** Has to be answered: there is neither a default nor a value that the server makes. */
  required: z.boolean(),
  default: InputValue.optional(),
  /** Left empty, the server makes a value. */
  generated: z.boolean(),
  choices: z.array(z.string()).optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  /** Variable that keeps the answer. */
  env: z.string().optional(),
});
export type RecipeQuestion = z.infer<typeof RecipeQuestion>;

export const RecipeDetail = RecipeSummary.extend({
  description: z.string(),
  homepage: z.string(),
  license: z.string(),
  /** What to do after the first start. */
  after: z.string().optional(),
  inputs: z.array(RecipeQuestion),
});
export type RecipeDetail = z.infer<typeof RecipeDetail>;

/** Which catalogue it is. */
export const CatalogueInfo = z.strictObject({
  name: z.string(),
  serial: z.int(),
  origin: z.enum(["built-in", "downloaded"]),
  /** Its publisher promised a newer one until then. */
  expires: z.iso.datetime().optional(),
});
export type CatalogueInfo = z.infer<typeof CatalogueInfo>;

/** An app that was made from a recipe. */
export const InstalledRecipe = z.strictObject({
  app: AppName,
  recipe: RecipeId,
  version: z.string(),
  /** Version of the recipe that the catalogue has now, where it is another one than the app runs. */
  newer: z.string().optional(),
});
export type InstalledRecipe = z.infer<typeof InstalledRecipe>;

export const RecipeList = z.strictObject({
  catalogue: CatalogueInfo,
  recipes: z.array(RecipeSummary),
  /** Of the whole catalogue, whatever was searched for. */
  categories: z.array(z.strictObject({ name: z.string(), count: z.int() })),
  /** Apps that were made from recipes, of those that whoever asks may see. */
  installed: z.array(InstalledRecipe),
});
export type RecipeList = z.infer<typeof RecipeList>;

export const InstallRequest = z.strictObject({
  app: AppName,
  inputs: z.record(z.string(), InputValue).default({}),
});
export type InstallRequest = z.infer<typeof InstallRequest>;

export const CatalogueUpdated = z.strictObject({
  catalogue: CatalogueInfo,
  /** False where the newest was there already. */
  changed: z.boolean(),
  added: z.array(RecipeId),
  updated: z.array(RecipeId),
  removed: z.array(RecipeId),
});
export type CatalogueUpdated = z.infer<typeof CatalogueUpdated>;
