import { join } from "node:path";
import { beforeAll } from "vitest";
import { nixBuilt, type TestedBuilder } from "../support/conformance-subject.ts";
import { describeConformance } from "../support/describe-conformance.ts";
import { imageExamples, importLanguages } from "./images.ts";
import { useEngine } from "./use-engine.ts";

/** By itself a template of pages leaves an app alone that has a Dockerfile. */
const builtBeside: TestedBuilder = { ...nixBuilt, config: '[nix]\ntemplate = "static-site"\n' };

/** The same app, run out of an image: contexts have a Dockerfile beside its files. */
const containerBuilt: TestedBuilder = {
  name: "docker",
  config: '[build]\nmethod = "docker"\n',
  isOnHost: false,
};

const contexts = process.env["HOP3_LAB_CONTEXTS"] ?? "";
const { server } = useEngine("conformance");
beforeAll(() => importLanguages(process.env["HOP3_LAB_LANGUAGES"] ?? ""));

const [page, ...others] = imageExamples;
const suite = {
  server: () => server,
  copy: async (example: string) => join(contexts, example),
};

describeConformance({ ...suite, examples: [page], builders: [builtBeside, containerBuilt] });
// Images differ in what is in them; how the next one takes over is the same for all.
describeConformance({ ...suite, examples: others, brief: others, builders: [containerBuilt] });
