import type { Generated } from "../config/values.ts";
import { nearest } from "../nearest.ts";
import { type InputProblem, inputsInvalid } from "./catalogue-errors.ts";
import { checkAnswer } from "./check-answer.ts";
import type { InputValue, Recipe, RecipeInput } from "./recipe.ts";
import { setKeys } from "./set-keys.ts";

/** What the answers of one installation come to. */
export interface AnsweredRecipe {
  /** The recipe's hop3.toml with the answers that belong into it. */
  readonly config: string;
  /** Variables to store. */
  readonly values: Readonly<Record<string, string>>;
  /** Variables to make a value for and to store. */
  readonly generated: Readonly<Record<string, Generated>>;
}

interface Answering {
  /** Variables that are stored already, and their values: an app that is updated is not asked again. */
  readonly stored: ReadonlyMap<string, string>;
}

/** Checks all answers at once; fails with everything that is wrong with them. */
export function answerInputs(
  recipe: Recipe,
  given: Readonly<Record<string, InputValue>>,
  { stored }: Answering = { stored: new Map() },
): AnsweredRecipe {
  const { inputs } = recipe.sheet;
  const found: Found = {
    problems: unknownNames(inputs, given),
    values: {},
    generated: {},
    keys: [],
  };
  for (const input of inputs) {
    const known = input.env === undefined ? undefined : stored.get(input.env);
    if (known === undefined || isGiven(given, input.name)) {
      takeAnswer(found, input, answerOf(input, given));
    } else if (input.config !== undefined) {
      takeAnswer(found, input, known);
    }
  }
  const { problems, values, generated, keys } = found;
  if (problems.length > 0) throw inputsInvalid({ recipe: recipe.id, problems });
  return { config: setKeys(recipe.config, keys), values, generated };
}

interface Found {
  readonly problems: InputProblem[];
  readonly values: Record<string, string>;
  readonly generated: Record<string, Generated>;
  readonly keys: { config: string; value: InputValue; inList: boolean }[];
}

function takeAnswer(found: Found, input: RecipeInput, answer: InputValue | undefined): void {
  const { name, env, config } = input;
  if (answer === undefined) {
    if (input.generate !== undefined) addGenerated(found.generated, input);
    else if (input.required) found.problems.push({ name, reason: "is missing" });
    return;
  }
  const checked = checkAnswer(input, answer);
  if (!checked.ok) {
    found.problems.push({ name, reason: checked.reason });
    return;
  }
  if (env !== undefined) found.values[env] = String(checked.value);
  if (config !== undefined) {
    // An app has several addresses, so one more goes beside those that the recipe has.
    found.keys.push({ config, value: checked.value, inList: input.type === "domain" });
  }
}

function isGiven(given: Readonly<Record<string, InputValue>>, name: string): boolean {
  return Object.hasOwn(given, name) && given[name] !== "";
}

/** An empty field of a form is no answer. */
function answerOf(
  input: RecipeInput,
  given: Readonly<Record<string, InputValue>>,
): InputValue | undefined {
  return isGiven(given, input.name) ? given[input.name] : input.default;
}

function addGenerated(to: Record<string, Generated>, { env, generate, length }: RecipeInput): void {
  if (env === undefined || generate === undefined) return;
  to[env] = { generate, ...(length === undefined ? {} : { length }) };
}

function unknownNames(
  inputs: readonly RecipeInput[],
  given: Readonly<Record<string, InputValue>>,
): InputProblem[] {
  const known = inputs.map(({ name }) => name);
  const unknown = Object.keys(given).filter((name) => !known.includes(name));
  return unknown.map((name) => {
    const [near] = nearest(name, known);
    const hint = near === undefined ? "" : ` (did you mean ${near}?)`;
    return { name: `'${name.slice(0, 40)}'`, reason: `is nothing that it asks${hint}` };
  });
}
