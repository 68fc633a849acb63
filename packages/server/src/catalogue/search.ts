import type { StoredRecipe } from "./store.ts";

interface Wanted {
  readonly search?: string | undefined;
  readonly category?: string | undefined;
}

/** Recipes that have every word, those with the words in their names first. */
export function searchRecipes<Found extends Pick<StoredRecipe, "id" | "sheet">>(
  recipes: readonly Found[],
  { search = "", category }: Wanted,
): readonly Found[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  return recipes
    .filter(({ sheet }) => category === undefined || sheet.categories.includes(category))
    .map((recipe) => ({ recipe, score: scoreOf(recipe, words) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || compareTitles(a.recipe, b.recipe))
    .map(({ recipe }) => recipe);
}

function compareTitles(a: Pick<StoredRecipe, "sheet">, b: Pick<StoredRecipe, "sheet">): number {
  return a.sheet.title.localeCompare(b.sheet.title, "en");
}

/** 0 where a word is nowhere to be found. */
function scoreOf({ id, sheet }: Pick<StoredRecipe, "id" | "sheet">, words: readonly string[]) {
  const scores = words.map((word) => {
    if (id.includes(word) || sheet.title.toLowerCase().includes(word)) return 4;
    if (sheet.categories.some((name) => name.includes(word))) return 3;
    if (sheet.summary.toLowerCase().includes(word)) return 2;
    return sheet.description.toLowerCase().includes(word) ? 1 : 0;
  });
  return scores.includes(0) ? 0 : 1 + scores.reduce<number>((sum, score) => sum + score, 0);
}
