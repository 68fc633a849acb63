import { configDefaults } from "../config/values.ts";
import { Hop3Error } from "../errors.ts";
import { nearest } from "../nearest.ts";
import {
  type ChosenTemplate,
  selectTemplate,
  templateAnswers,
} from "../templates/select-template.ts";
import type { Acceptance, BuilderQuestion, PlanBuilder } from "./parts.ts";
import type { Considered } from "./plan.ts";
import { nixFileAndTemplate } from "./plan-errors.ts";

/** Takes the project's own file, else the template that is named, else the one whose files are there. */
export const nixBuilder: PlanBuilder = {
  name: "nix",
  accept(question) {
    const file = question.loaded.config.build?.nix?.file ?? configDefaults.nixFile;
    if (question.tree.has(file)) return ownFile(question, file);
    const lacking = missingFile(file, question);
    const looked = [{ name: "file", fits: false, reason: lacking }];
    try {
      const template = templateFor(question);
      const considered = [...looked, ...templateSteps(question, template)];
      if (template === undefined) {
        return { accepted: false, reason: nothingFits(lacking, question), considered };
      }
      return { accepted: true, reason: template.reason, considered, template };
    } catch (failure) {
      if (!(failure instanceof Hop3Error)) throw failure;
      const considered = [...looked, ...templateSteps(question, failure)];
      return { accepted: false, reason: failure.message, considered, failure };
    }
  },
};

function ownFile({ loaded }: BuilderQuestion, file: string): Acceptance {
  const reason = `found ${file}`;
  const template = loaded.config.nix?.template;
  const rest = ["template", "detected"].map((name) => notAsked(name, `${file} is there`));
  const considered = [{ name: "file", fits: true, reason }, ...rest];
  if (template === undefined) return { accepted: true, reason, considered };
  const place = loaded.placeOf(["nix", "template"]);
  const failure = nixFileAndTemplate({ file, template, place });
  return { accepted: false, reason: failure.message, considered, failure };
}

function notAsked(name: string, because: string): Considered {
  return { name, fits: false, reason: `not asked: ${because}` };
}

/** A file that hop3.toml names by itself is meant: nothing is written in its place. */
function isFileNamed({ loaded }: BuilderQuestion): boolean {
  const { build, nix } = loaded.config;
  return build?.nix?.file !== undefined && nix?.template === undefined;
}

function templateFor(question: BuilderQuestion): ChosenTemplate | undefined {
  return isFileNamed(question) ? undefined : selectTemplate(question, question.parts.templates);
}

/** What was asked after the file: the template that is named, then those whose files are there. */
function templateSteps(
  question: BuilderQuestion,
  result: ChosenTemplate | Hop3Error | undefined,
): readonly Considered[] {
  const wanted = question.loaded.config.nix?.template;
  const fits = result !== undefined && !(result instanceof Hop3Error);
  if (wanted !== undefined) {
    const reason = result instanceof Hop3Error ? result.message : `[nix] template = "${wanted}"`;
    return [{ name: "template", fits, reason }, notAsked("detected", "[nix] template is set")];
  }
  const named = { name: "template", fits: false, reason: "[nix] template is not set" };
  if (isFileNamed(question)) return [named, notAsked("detected", "[build.nix] file is set")];
  const near = templateAnswers(question, question.parts.templates);
  const reason = near.length === 0 ? noTemplate : describeResult(result);
  return [
    named,
    { name: "detected", fits, reason },
    // One that is taken has said the same.
    ...(fits && near.length === 1
      ? []
      : near.map(({ template, ...answer }) => ({ name: template, ...answer }))),
  ];
}

function describeResult(result: ChosenTemplate | Hop3Error | undefined): string {
  if (result === undefined) return "no template fits";
  return result instanceof Hop3Error ? result.message : result.reason;
}

const noTemplate = "no template knows its files";

function missingFile(file: string, { tree }: BuilderQuestion): string {
  const [guess] = nearest(
    file,
    tree.paths().map(({ path }) => path),
  );
  return guess === undefined ? `no ${file}` : `no ${file}; there is ${guess}`;
}

function nothingFits(lacking: string, question: BuilderQuestion): string {
  if (lacking.includes(";")) return lacking;
  const near = templateAnswers(question, question.parts.templates).map(
    ({ template, reason }) => `${reason} (${template})`,
  );
  if (near.length > 0) return `${lacking}; ${near.join("; ")}`;
  return `${lacking} in the directory, and ${noTemplate}`;
}
