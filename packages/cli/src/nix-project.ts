import {
  defineError,
  ExitCode,
  type LoadedConfig,
  makePlan,
  noConfig,
  type Plan,
  type PlannedRequest,
  readPlanFiles,
} from "@hop3/core";
import { makeDirectoryTree } from "@hop3/core/node";
import { appOfDirectory } from "./app.ts";
import { readConfigFile, resolveFrom } from "./config-file.ts";
import type { Context } from "./context.ts";
import type { Input } from "./input.ts";
import { planParts } from "./plan-parts.ts";
import { readSource } from "./source.ts";

const nixNothingToWrite = defineError<{ file: string; builder: string; hasFile: boolean }>({
  code: "NIX_NOTHING_TO_WRITE",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ file, builder, hasFile }) =>
    hasFile
      ? `the app has its own ${file}: no template writes one`
      : `the builder '${builder}' takes this app: no template writes an expression for it`,
  hint: ({ file, hasFile }) =>
    hasFile
      ? `Read ${file}; hop3 plan says what a deploy makes of it`
      : 'Set [build] method = "nix" in hop3.toml, or see how it was chosen: hop3 plan',
});

/** An app whose expression a template writes. */
export interface NixProject {
  readonly directory: string;
  readonly app: string;
  readonly plan: Plan;
  readonly loaded: LoadedConfig;
  readonly request: PlannedRequest;
}

/** Reads the project that a command is about; fails where no template has a part in it. */
export async function readNixProject(input: Input, context: Context): Promise<NixProject> {
  const directory = resolveFrom(context, input.args[0] ?? ".");
  const loaded = (await readConfigFile(directory)) ?? noConfig();
  const tree = makeDirectoryTree(await readSource(directory, loaded, context));
  const files = await readPlanFiles(tree);
  const parts = await planParts(context);
  const plan = makePlan({ tree, loaded, ...files, parts });
  const { file, template } = plan.nix;
  if (template === undefined) {
    throw nixNothingToWrite({ file, builder: plan.builder, hasFile: tree.has(file) });
  }
  const app = await appOfDirectory(directory);
  const { templates } = parts;
  const request = { tree, loaded, procfile: files.procfile, app, templates };
  return { directory, app, plan, loaded, request };
}
