import { z } from "zod";
import { RecipeId } from "./recipe.ts";

/** Files of a recipe lie below its directory, whoever wrote the index: no `..`, no hidden files, no other roots. */
export const RecipePath = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_][A-Za-z0-9._-]*)*$/, {
    error: "cannot be the path of a recipe's file",
  });

const Hash = z.string().regex(/^[0-9a-f]{64}$/, "expected 64 hex digits");

/** Package sets for which it was found out whether a recipe's packages are in them. */
export const RecipeSet = z.enum(["debian", "nixpkgs"]);
export type RecipeSet = z.infer<typeof RecipeSet>;

export const catalogueLimits = {
  indexBytes: 4 * 1024 * 1024,
  fileBytes: 1024 * 1024,
  totalBytes: 64 * 1024 * 1024,
} as const;

const IndexedFile = z.strictObject({
  path: RecipePath,
  size: z.int().min(0).max(catalogueLimits.fileBytes),
  sha256: Hash,
});

export const IndexedRecipe = z
  .strictObject({
    id: RecipeId,
    version: z.string().min(1).max(200),
    /** Sets that have all that it needs: evaluated, not claimed. */
    sets: z.array(RecipeSet),
    files: z.array(IndexedFile).min(2).max(200),
  })
  .refine(({ files }) => !hasClash(files.map(({ path }) => path)), {
    error: "has a file twice, or a file where another needs a directory",
    path: ["files"],
  })
  .refine(({ files }) => requiredFiles.every((name) => files.some(({ path }) => path === name)), {
    error: "lacks hop3.toml or recipe.toml",
    path: ["files"],
  });
export type IndexedRecipe = z.infer<typeof IndexedRecipe>;

const requiredFiles = ["hop3.toml", "recipe.toml"] as const;

/** index.json: what a catalogue holds, by hash. Its signature covers its bytes. */
export const CatalogueIndex = z
  .strictObject({
    schema: z.literal(1),
    /** Whose catalogue it is; serials of one name can be compared. */
    name: z.string().regex(/^[a-z][a-z0-9-]{1,40}$/),
    /** Rises with every change. */
    serial: z.int().positive(),
    /** No server takes it over later than that. */
    expires: z.iso.datetime().optional(),
    recipes: z.array(IndexedRecipe).max(2000),
  })
  .refine(({ recipes }) => new Set(recipes.map(({ id }) => id)).size === recipes.length, {
    error: "has a recipe twice",
    path: ["recipes"],
  })
  .refine(({ recipes }) => totalOf(recipes) <= catalogueLimits.totalBytes, {
    error: "is larger than a catalogue may be",
    path: ["recipes"],
  });
export type CatalogueIndex = z.infer<typeof CatalogueIndex>;

function totalOf(recipes: readonly IndexedRecipe[]): number {
  return recipes.flatMap(({ files }) => files).reduce((sum, { size }) => sum + size, 0);
}

function hasClash(paths: readonly string[]): boolean {
  const known = new Set(paths);
  if (known.size !== paths.length) return true;
  return paths.some((path) => parents(path).some((parent) => known.has(parent)));
}

function parents(path: string): readonly string[] {
  const segments = path.split("/");
  return segments.slice(1).map((_, index) => segments.slice(0, index + 1).join("/"));
}
