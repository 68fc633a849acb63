import type { LoadedConfig } from "../config/load.ts";
import { formatPlace, Hop3Error, isError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import { detectAmbiguous } from "../templates/template-errors.ts";
import { describeAnswers } from "./describe-answers.ts";
import type { Acceptance, BuilderQuestion, PlanBuilder } from "./parts.ts";
import type { BuilderAnswer } from "./plan.ts";
import { builderUnavailable, planNoBuilder } from "./plan-errors.ts";

/** A builder's answer with what it would build; `failure` where it could not give one. */
export type Answer = BuilderAnswer & Omit<Acceptance, keyof BuilderAnswer>;

export interface Choice {
  readonly answer: Answer;
  /** What settled it: a line of hop3.toml, or the order. */
  readonly decided: string;
  readonly reason: string;
}

/** Asks every builder, in order. One that fails has answered no: whether that matters depends on the others. */
export function askBuilders(
  builders: readonly PlanBuilder[],
  question: BuilderQuestion,
): readonly Answer[] {
  return builders.map((builder) => ({ builder: builder.name, ...acceptanceOf(builder, question) }));
}

function acceptanceOf(
  builder: PlanBuilder,
  question: BuilderQuestion,
): Acceptance & Pick<BuilderAnswer, "considered"> {
  try {
    return { considered: [], ...builder.accept(question) };
  } catch (failure) {
    const reason = failure instanceof Error ? failure.message : String(failure);
    return { accepted: false, reason, considered: [], failure };
  }
}

/** The builder that hop3.toml names, else the first that accepts. */
export function chooseBuilder(
  builders: readonly PlanBuilder[],
  answers: readonly Answer[],
  loaded: LoadedConfig,
): Choice {
  const key = loaded.config.build?.method === undefined ? "builder" : "method";
  const wanted = loaded.config.build?.[key] ?? "auto";
  if (wanted === "auto") return chooseFirst(answers, loaded);
  const place = loaded.placeOf(["build", key]);
  const answer = answers.find(({ builder }) => builder === wanted);
  if (answer === undefined) {
    const known = builders.map(({ name }) => name);
    throw builderUnavailable({ builder: wanted, known, nearest: nearest(wanted, known), place });
  }
  const setting = `[build] ${key} = "${wanted}"`;
  if (!answer.accepted) {
    const hint = hintFor(loaded, answers);
    throw answer.failure ?? planNoBuilder({ asked: [answer], answers, hint, place });
  }
  const where = place === undefined ? "" : `${formatPlace(place)} `;
  return { answer, decided: `${where}${setting}`, reason: `${setting}, and ${answer.reason}` };
}

function chooseFirst(answers: readonly Answer[], loaded: LoadedConfig): Choice {
  for (const answer of answers) {
    if (answer.accepted) {
      const decided = `the order: ${answer.builder} is the first that accepts`;
      return { answer, decided, reason: answer.reason };
    }
    if (answer.failure !== undefined) throw withAnswers(answer.failure, answers);
  }
  throw planNoBuilder({ asked: answers, answers, hint: hintFor(loaded, answers) });
}

/** Who has to decide wants to see what else there is. */
function withAnswers(failure: unknown, answers: readonly Answer[]): unknown {
  if (!isError(failure, detectAmbiguous)) return failure;
  const detail = describeAnswers(answers).join("\n");
  return new Hop3Error({ ...failure.failure, detail }, { cause: failure });
}

function hintFor({ config: { build } }: LoadedConfig, answers: readonly Answer[]): string {
  const file = build?.nix?.file;
  if (file !== undefined)
    return `Correct [build.nix] file in hop3.toml, or add ${file}; .gitignore may hide it`;
  const other = answers.find(({ accepted }) => accepted);
  const key = build?.method === undefined ? "builder" : "method";
  if (other !== undefined)
    return `Remove [build] ${key} from hop3.toml: the builder '${other.builder}' takes this app (${other.reason})`;
  return "Add a hop3.nix that says what to build and what to run (docs/guides/first-app.md shows one of five lines), or set [nix] template; hop3 nix tiers lists the templates";
}
