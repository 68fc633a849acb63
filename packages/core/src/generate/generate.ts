import type { LoadedConfig } from "../config/load.ts";
import type { NixSection } from "../config/nix-section.ts";
import { formatPlace } from "../errors.ts";
import { recipeTextInvalid } from "../launcher/generate-errors.ts";
import {
  argumentOptions,
  launcherBindings,
  launcherKeys,
  needsLauncher,
} from "../launcher/launcher.ts";
import { parseText, type TextScope } from "../launcher/parse-text.ts";
import { shellWord } from "../launcher/shell.ts";
import { isFixed, spliced, type Text, variable } from "../launcher/text.ts";
import type { Binding, NixExpr, StringPart } from "../nix/ast.ts";
import { nix } from "../nix/build.ts";
import { isIdentifier } from "../nix/names.ts";
import { printNix, printNixFile } from "../nix/print.ts";
import { emptyProcfile, type Procfile } from "../source/procfile.ts";
import type { SourceTree } from "../source/tree.ts";
import { templates } from "../templates/registry.ts";
import type { AppSpec, Rendering, Template } from "../templates/template.ts";

export interface GenerateRequest {
  readonly template: Template;
  readonly tree: SourceTree;
  readonly loaded: LoadedConfig;
  readonly procfile?: Procfile;
  /** Name of the app, where hop3.toml has none. */
  readonly app?: string;
}

/** Text of the hop3.nix that a template makes of an app. */
export async function generateNix(request: GenerateRequest): Promise<string> {
  const spec = await makeSpec(request);
  const { template } = request;
  const comment = `Written by Hop3 from the template ${template.id}.\nhop3 nix eject makes it a file of the project.`;
  return printNixFile(makeExpression(spec, template.render(spec)), comment);
}

/** The same for the template that a Plan names. */
export async function generatePlanned(
  plan: { readonly nix: { readonly template?: string | undefined } },
  request: Omit<GenerateRequest, "template">,
): Promise<string> {
  const template = templates.find(({ id }) => id === plan.nix.template);
  if (template === undefined) throw new Error(`no template ${plan.nix.template}`);
  return generateNix({ ...request, template });
}

async function makeSpec(request: GenerateRequest): Promise<AppSpec> {
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
  return {
    app: config.metadata?.id ?? request.app ?? "app",
    version,
    section,
    tree,
    files,
    hasOwnWeb:
      start !== undefined || (web !== undefined && !isRefined) || "web" in procfile.workers,
    scope: (path, names = {}) => ({
      key: describeKey(path, section),
      place: loaded.placeOf(path),
      names,
      version,
    }),
  };
}

function describeKey(path: readonly (string | number)[], section: NixSection): string {
  const [table = "", key = "", last] = path;
  if (key === "config-files" && typeof last === "number") {
    return `[[nix.config-files]] ${section["config-files"]?.[last]?.path ?? last}`;
  }
  if (typeof last === "string") return `[${table}.${key}] ${last}`;
  return `[${table}] ${key}`;
}

/** `{ pkgs ? import <nixpkgs> { }, src ? ./. }: let … in { package, workers, env, … }` */
function makeExpression(spec: AppSpec, rendering: Rendering): NixExpr {
  const extra = extraBindings(spec, rendering);
  const names: Record<string, NixExpr> = {
    pkg: nix.ref("package"),
    out: nix.ref("package"),
    SHAREDIR: nix.string(nix.ref("package"), `/share/${spec.app}`),
    ...rendering.names,
    ...Object.fromEntries(extra.map(({ name }) => [name, nix.ref(name)])),
  };
  const scope = (path: readonly (string | number)[]) => spec.scope(path, names);
  const command = commandOf(spec, rendering, scope);
  const isLaunched = command.length > 0 && needsLauncher(spec.section);
  const { app, section } = spec;
  const startIn = rendering.startIn ?? [
    variable("HOP3_DATA_DIR", { kind: "default", text: ["."] }),
  ];
  const bindings: readonly Binding[] = [
    ...extra.map(({ name, value }) => nix.bind(name, value)),
    ...rendering.bindings,
    nix.bind("package", rendering.package),
    ...(isLaunched ? launcherBindings({ app, section, command, startIn, scope }) : []),
  ];
  const web = isLaunched
    ? nix.string(nix.ref("start"))
    : nix.string(...command.flatMap((word, index) => [index === 0 ? "" : " ", ...shellWord(word)]));
  const body = nix.attrs([
    nix.inherit(["package"]),
    ...(command.length === 0 ? [] : [nix.bind(["workers", "web"], web)]),
    ...optional("env", environment(spec, rendering, scope)),
    ...optional("path", searchPath(spec, rendering, scope)),
    ...workingDir(rendering),
    ...optional(
      "writable_tree",
      nix.list((rendering.writableTree ?? []).map((path) => nix.string(path))),
    ),
  ]);
  const formals = {
    pkgs: nix.call(nix.ref("import"), nix.searchPath("nixpkgs"), nix.attrs({})),
    src: nix.path("./."),
    ...(rendering.usesRegistries ? { registries: nix.attrs({}) } : {}),
  };
  return nix.fn(formals, nix.letIn(bindings, body));
}

function workingDir({ workingDir }: Rendering): readonly Binding[] {
  return workingDir === undefined ? [] : [nix.bind("working_dir", nix.string(workingDir))];
}

function optional(name: string, value: NixExpr): readonly Binding[] {
  const isEmpty =
    (value.kind === "attrs" && value.bindings.length === 0) ||
    (value.kind === "list" && value.items.length === 0);
  return isEmpty ? [] : [nix.bind(name, value)];
}

const reserved: ReadonlySet<string> = new Set(["pkgs", "src", "package", "start", "renderConfig"]);

interface ExtraBinding {
  readonly name: string;
  readonly value: NixExpr;
}

/** `[nix.let-extra]`: names of packages; anything that would have to be evaluated is refused. */
function extraBindings(spec: AppSpec, rendering: Rendering): readonly ExtraBinding[] {
  const taken = new Set(
    rendering.bindings.flatMap((binding) => (binding.kind === "assign" ? [binding.path[0]] : [])),
  );
  return Object.entries(spec.section["let-extra"] ?? {}).map(([name, value]) => {
    const scope = spec.scope(["nix", "let-extra", name]);
    const path = /^pkgs((?:\.[A-Za-z_][A-Za-z0-9_'-]*)+)$/.exec(value.trim())?.[1];
    if (path === undefined) {
      const reason = `'${value}' is not a package`;
      throw recipeTextInvalid({ ...scope, reason, hint: 'Write it as "pkgs.name"' });
    }
    if (!isIdentifier(name) || reserved.has(name) || taken.has(name)) {
      const reason = `'${name}' cannot be bound here`;
      throw recipeTextInvalid({ ...scope, reason, hint: "Choose another name" });
    }
    return { name, value: nix.ref("pkgs", ...path.slice(1).split(".")) };
  });
}

type MakeScope = (path: readonly (string | number)[]) => TextScope;

function commandOf(spec: AppSpec, rendering: Rendering, scope: MakeScope): readonly Text[] {
  if (rendering.command.length === 0) return [];
  const words = (spec.section["exec-args"] ?? []).map((word, index) =>
    parseText(word, scope(["nix", "exec-args", index]), argumentOptions),
  );
  return [...rendering.command, ...words, ...(rendering.commandEnd ?? [])];
}

/** `[nix.runtime-env]` is in the Release: nothing of it can depend on the process. */
function environment(spec: AppSpec, rendering: Rendering, scope: MakeScope): NixExpr {
  const own = Object.entries(spec.section["runtime-env"] ?? {}).map(([name, value]) => {
    const where = scope(["nix", "runtime-env", name]);
    return [name, fixedString(parseText(value, where), where)] as const;
  });
  return nix.attrs({ ...rendering.env, ...Object.fromEntries(own) });
}

function fixedString(text: Text, scope: TextScope): NixExpr {
  if (!isFixed(text)) {
    throw recipeTextInvalid({
      ...scope,
      reason: "it refers to a variable, and this is settled when the Release is built",
      hint: "Move it to [nix.env-exports]",
    });
  }
  const parts = text.flatMap((part): StringPart[] => {
    if (typeof part === "string") return [part];
    return part.kind === "nix" ? [...spliced(part.expr)] : [];
  });
  return nix.string(...parts);
}

function searchPath(spec: AppSpec, rendering: Rendering, scope: MakeScope): NixExpr {
  const extra = (spec.section["extra-paths"] ?? []).map((value, index) => {
    const where = scope(["nix", "extra-paths", index]);
    return fixedString(parseText(value, where), where);
  });
  const byText = new Map([...(rendering.path ?? []), ...extra].map((dir) => [printNix(dir), dir]));
  return nix.list([...byText.values()]);
}

/** What a recipe says and this version does not do, one line each. */
export function generateWarnings(
  loaded: LoadedConfig,
  ownWorkers: readonly string[],
): readonly string[] {
  const section = loaded.config.nix ?? {};
  const warnings: string[] = [];
  const warn = (key: keyof NixSection, text: string) => {
    const place = formatPlace(loaded.placeOf(["nix", key]) ?? { file: "hop3.toml" });
    warnings.push(`${place} [nix] ${key} ${text}`);
  };
  if (section["nixpkgs-rev"] !== undefined) {
    warn("nixpkgs-rev", "has no effect in this version: the server's package set is used");
  }
  if (ownWorkers.length > 0) {
    const whose = `of ${ownWorkers.join(", ")}: the command of hop3.toml or Procfile is started as it stands`;
    for (const key of launcherKeys) {
      if (section[key] !== undefined) warn(key, `has no part in the start ${whose}`);
    }
  }
  return warnings;
}
