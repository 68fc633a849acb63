import type { NixSection } from "../config/nix-section.ts";
import { recipeTextInvalid } from "../launcher/generate-errors.ts";
import { argumentOptions, launcherBindings, usedLauncherKeys } from "../launcher/launcher.ts";
import { parseText, type TextScope } from "../launcher/parse-text.ts";
import { shellWord } from "../launcher/shell.ts";
import { dataDirectory, isFixed, spliced, type Text } from "../launcher/text.ts";
import type { Binding, NixExpr, StringPart } from "../nix/ast.ts";
import { nix } from "../nix/build.ts";
import { isIdentifier } from "../nix/names.ts";
import { printNix, printNixFile } from "../nix/print.ts";
import { templates as builtIn } from "../templates/registry.ts";
import type { AppSpec, Rendering, Template } from "../templates/template.ts";
import { type GenerateRequest, makeSpec } from "./spec.ts";

export type { GenerateRequest };

/** Text of the hop3.nix that a template makes of an app. */
export async function generateNix(request: GenerateRequest): Promise<string> {
  const spec = await makeSpec(request);
  const { template } = request;
  const comment = `Written by Hop3 from the template ${template.id}.\nhop3 nix eject makes it a file of the project.`;
  return printNixFile(makeExpression(spec, template.render(spec)), comment);
}

/** The same for the template that a Plan names. */
export async function generatePlanned(
  plan: PlannedTemplate,
  request: PlannedRequest,
): Promise<string> {
  return generateNix({ ...request, template: templateOf(plan, request.templates) });
}

/** The expression itself, for what is made of it besides a hop3.nix. */
export async function plannedExpression(
  plan: PlannedTemplate,
  request: PlannedRequest,
): Promise<NixExpr> {
  const template = templateOf(plan, request.templates);
  const spec = await makeSpec({ ...request, template });
  return makeExpression(spec, template.render(spec));
}

/** The part of a Plan that says what writes the expression. */
interface PlannedTemplate {
  readonly nix: { readonly template?: string | undefined };
}

export interface PlannedRequest extends Omit<GenerateRequest, "template"> {
  /** Those that the Plan was made with; without it, what is built in. */
  readonly templates?: readonly Template[] | undefined;
}

function templateOf(plan: PlannedTemplate, templates = builtIn): Template {
  const template = templates.find(({ id }) => id === plan.nix.template);
  if (template === undefined) throw new Error(`no template ${plan.nix.template}`);
  return template;
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
  const isLaunched = needsLauncher(spec, rendering);
  const { app, section } = spec;
  const startIn = rendering.startIn ?? dataDirectory;
  const othersStayThere = rendering.workingDir !== undefined && rendering.startIn === undefined;
  const launcher = { app, section, command, startIn, othersStayThere, scope };
  const bindings: readonly Binding[] = [
    ...extra.map(({ name, value }) => nix.bind(name, value, { comment: "[nix.let-extra]" })),
    ...rendering.bindings,
    nix.bind("package", rendering.package, packageComment(section)),
    ...(isLaunched ? launcherBindings(launcher) : []),
  ];
  const web = isLaunched
    ? nix.string(nix.ref("start"))
    : nix.string(...command.flatMap((word, index) => [index === 0 ? "" : " ", ...shellWord(word)]));
  const body = nix.attrs([
    nix.inherit(["package"]),
    ...(isLaunched ? [nix.bind("launcher", nix.string(nix.ref("start")))] : []),
    ...(command.length === 0 ? [] : [nix.bind(["workers", "web"], web)]),
    ...optional("env", environment(spec, rendering, scope), keysSet(section, ["runtime-env"])),
    ...optional("path", searchPath(spec, rendering, scope), keysSet(section, ["extra-paths"])),
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

/** A start script, where the recipe has something to say there, or where commands start in the data directory. */
function needsLauncher(spec: AppSpec, { command, startIn, workingDir }: Rendering): boolean {
  if (command.length === 0 && !spec.hasOwnCommands) return false;
  if (usedLauncherKeys(spec.section).length > 0 || startIn !== undefined) return true;
  const hasArguments = (spec.section["exec-args"] ?? []).length > 0;
  return workingDir === undefined && (spec.hasOwnCommands || hasArguments);
}

/** Keys of a recipe that choose the package. */
const packageKeys = [
  "nixpkgs-package",
  "static-root",
  "single-file",
  "file-mappings",
  "post-install-dirs",
] as const;

function packageComment(section: NixSection): { comment?: string } {
  const comment = keysSet(section, packageKeys);
  return comment === "" ? {} : { comment };
}

/** `[nix] a, b`: those of the keys that the recipe sets. */
function keysSet(section: NixSection, keys: readonly (keyof NixSection)[]): string {
  const set = keys.filter((key) => section[key] !== undefined);
  return set.length === 0 ? "" : `[nix] ${set.join(", ")}`;
}

function workingDir({ workingDir }: Rendering): readonly Binding[] {
  return workingDir === undefined ? [] : [nix.bind("working_dir", nix.string(workingDir))];
}

function optional(name: string, value: NixExpr, comment = ""): readonly Binding[] {
  const isEmpty =
    (value.kind === "attrs" && value.bindings.length === 0) ||
    (value.kind === "list" && value.items.length === 0);
  if (isEmpty) return [];
  return [nix.bind(name, value, comment === "" ? {} : { comment })];
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
