import type { RecipeDetail, RecipeQuestion } from "@hop3/core";
import { parseAppName } from "@hop3/core/base";
import { line } from "../blocks.ts";
import { at } from "../client.ts";
import type { Answer } from "../command.ts";
import type { Context } from "../context.ts";
import { usageError } from "../errors.ts";
import type { Input } from "../input.ts";
import { ask } from "../prompt.ts";
import { answerDeployment } from "../timeline/outcome.ts";
import { fetchRecipe } from "./catalogue.ts";

type Answers = Record<string, string>;

export async function catalogueInstall(input: Input, context: Context): Promise<Answer> {
  const [id = "", ...given] = input.args;
  const recipe = await fetchRecipe(id, context);
  const app = parseAppName(input.text("app") ?? recipe.id);
  const inputs = parseAnswers(given);
  const mayAsk = context.stdin.isTTY === true && !input.flag("yes") && !context.output.json;
  if (mayAsk) await askRest(recipe, inputs, context);
  if (!recipe.runsHere) {
    const text = `  this server's package set lacks what ${id} needs: the build is going to fail`;
    context.output.notice(line({ text: "warning", tone: "warn" }, text));
  }
  context.output.print(line(`Installing ${recipe.title} ${recipe.version} as ${app}`));
  const request = {
    method: "POST",
    path: at`/catalogue/${recipe.id}/install`,
    body: { app, inputs },
    signal: context.signal,
  } as const;
  const deployment = await context.client.json(request, "DeploymentSummary");
  const answer = await answerDeployment(context, deployment, { detach: input.flag("detach") });
  return { ...answer, blocks: [...answer.blocks, ...afterwards(recipe, inputs, app)] };
}

function afterwards({ after, inputs: questions }: RecipeDetail, inputs: Answers, app: string) {
  const isMade = questions.some(({ name, generated }) => generated && (inputs[name] ?? "") === "");
  return [
    ...(isMade
      ? [line(`The server has made a password: hop3 config list --reveal --app ${app}`)]
      : []),
    ...(after === undefined ? [] : [line(after)]),
  ];
}

function parseAnswers(given: readonly string[]): Answers {
  const answers: Answers = {};
  for (const each of given) {
    const end = each.indexOf("=");
    if (end < 1) {
      throw usageError({
        message: `'${each}' is no answer`,
        hint: 'Give NAME=VALUE, for example title="Hello there"',
      });
    }
    answers[each.slice(0, end)] = each.slice(end + 1);
  }
  return answers;
}

/** Asks for everything that was not given; an empty line takes what stands in brackets. */
async function askRest(
  { inputs }: RecipeDetail,
  answers: Answers,
  context: Context,
): Promise<void> {
  for (const question of inputs) {
    if (Object.hasOwn(answers, question.name)) continue;
    const hidden = question.type === "password";
    const answer = await ask(context, questionText(question), { hidden });
    if (answer !== "") answers[question.name] = answer;
  }
}

function questionText({ label, choices, generated, default: value, required }: RecipeQuestion) {
  const kinds = choices === undefined ? "" : ` (${choices.join("/")})`;
  const fallback = generated ? "made by the server" : (value ?? (required ? undefined : "none"));
  return `${label}${kinds}${fallback === undefined ? "" : ` [${fallback}]`}: `;
}
