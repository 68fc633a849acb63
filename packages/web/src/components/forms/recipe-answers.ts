import type { RecipeQuestion } from "@hop3/core/api";

/** What stands in the fields: text, or yes and no. */
export type Answers = Readonly<Record<string, string | boolean>>;

export function firstAnswers(questions: readonly RecipeQuestion[]): Answers {
  return Object.fromEntries(questions.map((each) => [each.name, firstAnswer(each)]));
}

function firstAnswer({ type, default: known, choices = [], required }: RecipeQuestion) {
  if (type === "boolean") return known === true;
  // A choice that has to be made is not made by whatever stands first.
  const first = type === "choice" && !required ? choices[0] : undefined;
  return String(known ?? first ?? "");
}

/** What is sent: what was left empty is for the server to fill. */
export function answersToSend(answers: Answers): Answers {
  return Object.fromEntries(Object.entries(answers).filter(([, answer]) => answer !== ""));
}
