import { parse, TomlError } from "smol-toml";
import { loadConfig } from "../config/load.ts";
import { Hop3Error } from "../errors.ts";
import { recipeInvalid } from "./catalogue-errors.ts";
import { checkAnswer } from "./check-answer.ts";
import { type Recipe, RecipeFile, type RecipeInput } from "./recipe.ts";
import { setKeys } from "./set-keys.ts";

interface Texts {
  readonly recipe: string;
  readonly config: string;
}

/** Reads a recipe and checks what a form and an installation will rely on. */
export function loadRecipe(id: string, texts: Texts): Recipe {
  const file = `${id}/recipe.toml`;
  const sheet = RecipeFile.safeParse(parseSheet(id, file, texts.recipe));
  if (!sheet.success) {
    const [issue] = sheet.error.issues;
    const where = issue?.path.map(String).join(".") ?? "";
    const reason = `${where === "" ? file : where}: ${issue?.message ?? "it is not valid"}`;
    throw recipeInvalid({ id, reason, place: { file } });
  }
  for (const input of sheet.data.inputs) checkDefault(id, file, input);
  checkConfig(id, sheet.data, texts.config);
  return { id, sheet: sheet.data, config: texts.config };
}

function parseSheet(id: string, file: string, text: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const place = { file, line: cause.line, column: cause.column };
    throw recipeInvalid({ id, reason: `${file} is not valid TOML`, place }, { cause });
  }
}

/** A default that the input itself would refuse could never be installed. */
function checkDefault(id: string, file: string, input: RecipeInput): void {
  if (input.default === undefined) return;
  const checked = checkAnswer(input, input.default);
  if (checked.ok) return;
  const reason = `the default of ${input.name} ${checked.reason}`;
  throw recipeInvalid({ id, reason, place: { file } });
}

function checkConfig(id: string, { inputs }: RecipeFile, text: string): void {
  const file = `${id}/hop3.toml`;
  try {
    loadConfig(text, file);
    for (const { config, type, default: value } of inputs) {
      const inList = type === "domain";
      if (config !== undefined && value !== undefined) setKeys(text, [{ config, value, inList }]);
    }
  } catch (cause) {
    if (!(cause instanceof Hop3Error)) throw cause;
    const { message, place = { file } } = cause.failure;
    throw recipeInvalid({ id, reason: message, place }, { cause });
  }
}
