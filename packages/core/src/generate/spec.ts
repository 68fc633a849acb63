import type { LoadedConfig } from "../config/load.ts";
import type { NixSection } from "../config/nix-section.ts";
import type { ConfigFile } from "../config/schema.ts";
import { emptyProcfile, type Procfile } from "../source/procfile.ts";
import type { SourceTree } from "../source/tree.ts";
import type { AppSpec, Outside, Template } from "../templates/template.ts";

export interface GenerateRequest {
  readonly template: Template;
  readonly tree: SourceTree;
  readonly loaded: LoadedConfig;
  readonly procfile?: Procfile;
  /** Name of the app, where hop3.toml has none. */
  readonly app?: string;
  /** Whom templates may ask; without it they know the app's files alone. */
  readonly outside?: Outside;
}

/** What a template may know of the app. */
export async function makeSpec(request: GenerateRequest): Promise<AppSpec> {
  const { template, tree, loaded, procfile = emptyProcfile } = request;
  const { config } = loaded;
  const section = config.nix ?? {};
  const files = new Map<string, string>();
  for (const path of template.reads({ section, tree })) {
    if (tree.has(path)) files.set(path, await tree.readText(path));
  }
  const { start, workers = {} } = config.run ?? {};
  const web = workers["web"];
  const isRefined = typeof web === "object" && !Array.isArray(web) && web.command === undefined;
  const version = config.metadata?.version;
  const spec: AppSpec = {
    facts: {},
    app: config.metadata?.id ?? request.app ?? "app",
    version,
    section,
    tree,
    files,
    hasOwnWeb:
      start !== undefined || (web !== undefined && !isRefined) || "web" in procfile.workers,
    hasOwnCommands: hasOwnCommands(config, procfile),
    scope: (path, names = {}) => ({
      key: describeKey(path, section),
      place: loaded.placeOf(path),
      names,
      version,
    }),
  };
  if (request.outside === undefined || template.learn === undefined) return spec;
  return { ...spec, facts: await template.learn(spec, request.outside) };
}

/** True where a worker or a release step is started by a command of hop3.toml or Procfile. */
function hasOwnCommands({ run = {} }: ConfigFile, procfile: Procfile): boolean {
  const named = Object.values(run.workers ?? {}).some(
    (worker) => typeof worker === "string" || Array.isArray(worker) || "command" in worker,
  );
  return (
    named ||
    run.start !== undefined ||
    run["before-run"] !== undefined ||
    procfile.release.length > 0 ||
    Object.keys(procfile.workers).length > 0
  );
}

function describeKey(path: readonly (string | number)[], section: NixSection): string {
  const [table = "", key = "", last] = path;
  if (key === "config-files" && typeof last === "number") {
    return `[[nix.config-files]] ${section["config-files"]?.[last]?.path ?? last}`;
  }
  if (typeof last === "string") return `[${table}.${key}] ${last}`;
  return `[${table}] ${key}`;
}
