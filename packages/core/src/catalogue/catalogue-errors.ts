import { defineError, ExitCode, type Place } from "../errors.ts";

export const recipeInvalid = defineError<{ id: string; reason: string; place: Place }>({
  code: "RECIPE_INVALID",
  exitCode: ExitCode.failure,
  status: 500,
  message: ({ id, reason }) => `the recipe ${id} cannot be used: ${reason}`,
  hint: () => "Tell whoever keeps the catalogue; docs/guides/catalogue.md says what a recipe is",
  place: ({ place }) => place,
});

/** What is wrong with one answer. */
export interface InputProblem {
  readonly name: string;
  readonly reason: string;
}

export const inputsInvalid = defineError<{ recipe: string; problems: readonly InputProblem[] }>({
  code: "RECIPE_INPUTS_INVALID",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ recipe, problems }) => {
    const said = problems.map(({ name, reason }) => `${name} ${reason}`).join("; ");
    return `${recipe} cannot be installed with these answers: ${said}`;
  },
  hint: ({ recipe }) => `Nothing was installed. What it asks: hop3 catalogue show ${recipe}`,
});
