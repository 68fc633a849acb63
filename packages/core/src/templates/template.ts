import { z } from "zod";
import type { Tier } from "../artifact/build-artifact.ts";
import type { LoadedConfig } from "../config/load.ts";
import { NixSection } from "../config/nix-section.ts";
import type { TextScope } from "../launcher/parse-text.ts";
import type { Text } from "../launcher/text.ts";
import type { IndexText } from "../lockfiles/pick-from-index.ts";
import type { Target } from "../lockfiles/target.ts";
import type { Binding, NixExpr } from "../nix/ast.ts";
import type { Procfile } from "../source/procfile.ts";
import type { SourceTree } from "../source/tree.ts";

/** A tree that wants to know who can build it. */
export interface DetectQuestion {
  readonly tree: SourceTree;
  readonly loaded: LoadedConfig;
  readonly procfile?: Procfile | undefined;
  /** Text of the manifests that are there, by path; see `readPlanFiles`. */
  readonly texts?: ReadonlyMap<string, string> | undefined;
}

/** Whether a tree without further words is for this template, and why. */
export interface Detection {
  readonly fits: boolean;
  readonly reason: string;
}

/** All that a template may know of an app. */
export interface AppSpec {
  readonly app: string;
  readonly version: string | undefined;
  /** `[nix]`, checked: nothing but keys of the template and common ones is set. */
  readonly section: NixSection;
  readonly tree: SourceTree;
  /** Text of the files that `reads` names, where they are there. */
  readonly files: ReadonlyMap<string, string>;
  /** True where hop3.toml or Procfile name the command of web. */
  readonly hasOwnWeb: boolean;
  /** True where they name the command of any worker or release step. */
  readonly hasOwnCommands: boolean;
  readonly facts: AppFacts;
  scope(path: readonly (string | number)[], names?: Readonly<Record<string, NixExpr>>): TextScope;
}

/** What a template has learnt of the world outside of the app; empty where nobody could be asked. */
export interface AppFacts {
  /** The system that the app will run on. */
  readonly target?: Partial<Target>;
  /** Pages of a Python index, by package. */
  readonly indexPages?: ReadonlyMap<string, IndexText>;
}

/** Whom a template may ask before it renders. */
export interface Outside {
  /** What the package set says of a Python interpreter, by its attribute. */
  target(python: string): Promise<Partial<Target>>;
  /** A page of the Python index that lists these hashes (SRI). */
  indexPage(name: string, hashes: readonly string[]): Promise<IndexText>;
}

/** What a template makes of an app. The result becomes `{ pkgs, src }: let … in { … }`. */
export interface Rendering {
  /** Bindings above `package`. */
  readonly bindings: readonly Binding[];
  readonly package: NixExpr;
  /** What texts of the recipe may call `${name}` or, in capitals, `NAME`. */
  readonly names: Readonly<Record<string, NixExpr>>;
  /** Words of the web worker's command, without `exec-args`; none where others name it. */
  readonly command: readonly Text[];
  /** Words behind `exec-args`. */
  readonly commandEnd?: readonly Text[];
  readonly env?: Readonly<Record<string, NixExpr>>;
  /** Relative to the package. */
  readonly workingDir?: string;
  readonly path?: readonly NixExpr[];
  /** Where a start script changes to, instead of the data directory. */
  readonly startIn?: Text;
  /** True where the expression takes addresses of registries: `registries.npm`. */
  readonly usesRegistries?: boolean;
  /** Paths of the package that have to be writable. */
  readonly writableTree?: readonly string[];
}

/** One way to make a hop3.nix. Pure: the same spec gives the same expression. */
export interface Template {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly tier: Tier;
  /** Keys of `[nix]` that only some templates take. */
  readonly keys: readonly (keyof NixSection)[];
  /** Those of them that have to be there. */
  readonly required: readonly (keyof NixSection)[];
  detect(question: DetectQuestion): Detection;
  /** Files of the Source whose text it wants to see. */
  reads(spec: Pick<AppSpec, "section" | "tree">): readonly string[];
  /** Asks for what the app's files cannot say; without it the template renders from these alone. */
  learn?(spec: AppSpec, outside: Outside): Promise<AppFacts>;
  render(spec: AppSpec): Rendering;
}

interface TemplateParts {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly tier: Tier;
  readonly required?: readonly (keyof NixSection)[];
  readonly optional?: readonly (keyof NixSection)[];
  readonly detect?: (question: DetectQuestion) => Detection;
  readonly reads?: (spec: Pick<AppSpec, "section" | "tree">) => readonly string[];
  readonly learn?: (spec: AppSpec, outside: Outside) => Promise<AppFacts>;
  readonly render: (spec: AppSpec) => Rendering;
}

/** Makes a template of what is particular to it. */
export function defineTemplate(parts: TemplateParts): Template {
  const { id, title, description, tier, required = [], optional = [], render } = parts;
  return {
    id,
    title,
    description,
    tier,
    required,
    keys: [...required, ...optional],
    detect: parts.detect ?? (() => ({ fits: false, reason: "has to be asked for by name" })),
    reads: parts.reads ?? (() => []),
    ...(parts.learn === undefined ? {} : { learn: parts.learn }),
    render,
  };
}

/** Keys that every template takes. */
export const commonKeys: readonly (keyof NixSection)[] = [
  "template",
  "nixpkgs-rev",
  "nixpkgs-sha256",
  "exec-target",
  "exec-args",
  "pre-exec",
  "extra-paths",
  "needs-writable-dir",
  "writable-home-at-runtime",
  "writable-home-env-var",
  "local-vars",
  "env-exports",
  "env-exports-raw",
  "runtime-env",
  "let-extra",
  "config-files",
  "conditional-env",
];

/** The inputs of a template alone, as a schema: what `[nix]` may hold for it. */
export function inputsOf(template: Template): z.ZodObject {
  const known: Readonly<Record<string, z.ZodType>> = NixSection.shape;
  const shape = [...commonKeys, ...template.keys].map((key) => {
    const schema = known[key];
    if (schema === undefined) throw new Error(`no key ${key} in [nix]`);
    return [key, template.required.includes(key) ? z.nonoptional(schema) : schema] as const;
  });
  return z.strictObject(Object.fromEntries(shape));
}
