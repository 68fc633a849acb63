import { configDefaults } from "../config/values.ts";
import { nearest } from "../nearest.ts";
import {
  type ChosenTemplate,
  selectTemplate,
  templateAnswers,
} from "../templates/select-template.ts";
import { selectToolchains } from "../toolchains/select-toolchains.ts";
import { imageFiles } from "./image-files.ts";
import type { BuilderQuestion, PlanBuilder } from "./parts.ts";

const nixBuilder: PlanBuilder = {
  name: "nix",
  accept(question) {
    const { tree, loaded } = question;
    const file = loaded.config.build?.nix?.file ?? configDefaults.nixFile;
    if (tree.has(file)) return { accepted: true, reason: `found ${file}` };
    const template = templateFor(question);
    if (template !== undefined) return { accepted: true, reason: template.reason, template };
    return { accepted: false, reason: missingFile(file, question) };
  },
};

/** A file that hop3.toml names by itself is meant: nothing is written in its place. */
function templateFor(question: BuilderQuestion): ChosenTemplate | undefined {
  const { build, nix } = question.loaded.config;
  const isFileNamed = build?.nix?.file !== undefined && nix?.template === undefined;
  return isFileNamed ? undefined : selectTemplate(question, question.parts.templates);
}

function missingFile(file: string, question: BuilderQuestion): string {
  const [guess] = nearest(
    file,
    question.tree.paths().map(({ path }) => path),
  );
  if (guess !== undefined) return `no ${file}; there is ${guess}`;
  const near = templateAnswers(question, question.parts.templates).map(
    ({ template, reason }) => `${reason} (${template})`,
  );
  if (near.length > 0) return `no ${file}; ${near.join("; ")}`;
  return `no ${file} in the directory, and no template knows its files`;
}

const localBuilder: PlanBuilder = {
  name: "local",
  accept(question) {
    const { chosen, reason } = selectToolchains(question, question.parts.toolchains);
    return { accepted: chosen.length > 0, reason, toolchains: chosen };
  },
};

const dockerBuilder: PlanBuilder = {
  name: "docker",
  accept({ tree }) {
    const file = imageFiles.find((name) => tree.has(name));
    if (file === undefined) return { accepted: false, reason: "no Dockerfile in the directory" };
    return { accepted: true, reason: `found ${file}` };
  },
};

/** Every builder, in the order in which they are asked: the first that accepts is chosen. */
export const planBuilders: readonly PlanBuilder[] = [nixBuilder, localBuilder, dockerBuilder];
