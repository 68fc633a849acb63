import { parseGoMod } from "../../lockfiles/shared/go-module.ts";
import type { AppSpec } from "../template.ts";
import { templateInput } from "../template-errors.ts";
import { insidePath } from "../upstream.ts";
import { programSources } from "./detect.ts";

interface GoProgram {
  readonly name: string;
  /** Relative to go.mod. */
  readonly directory: string;
}

/** What web starts, and which directories have to be built; without a list, all that hold a program. */
export interface GoTarget {
  readonly target: string;
  readonly subPackages: readonly string[] | undefined;
}

/** The program that `exec-target` names, or the only one, or the one at the root or with the app's name. */
export function goTarget(spec: AppSpec): GoTarget {
  const { section, hasOwnWeb, hasOwnCommands } = spec;
  const wanted = section["exec-target"];
  const programs = section.url === undefined ? programsOf(spec) : [];
  const chosen =
    wanted === undefined ? choose(spec, programs) : programs.find(({ name }) => name === wanted);
  const target = insidePath(spec, "exec-target", wanted ?? chosen?.name ?? "");
  if (target === "" && !hasOwnWeb) throw noProgram(spec, programs);
  const asked = section["go-sub-packages"];
  const isOne = asked === undefined && !hasOwnCommands && chosen !== undefined;
  return { target, subPackages: isOne ? [chosen.directory] : asked };
}

function choose(spec: AppSpec, programs: readonly GoProgram[]): GoProgram | undefined {
  const [first, second] = programs;
  if (second === undefined) return first;
  return (
    programs.find(({ directory }) => directory === ".") ??
    programs.find(({ name }) => name === spec.app)
  );
}

function programsOf(spec: AppSpec): readonly GoProgram[] {
  const directories = programSources(spec.tree)
    .filter((path) => isProgram(spec.files.get(path) ?? ""))
    .map((path) => path.replace(/\/?[^/]*$/, ""));
  return [...new Set(directories)].map((directory) =>
    directory === ""
      ? { name: programName(spec), directory: "." }
      : { name: directory.replace(/^.*\//, ""), directory },
  );
}

/** `package main` of a file that is part of the build. */
function isProgram(text: string): boolean {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "");
  const [head = ""] = code.split(/^package\s/m, 1);
  const isIgnored = /^\/\/\s*(?:\+build|go:build)\s.*\bignore\b/m.test(head);
  return !isIgnored && /^package\s+main\b/m.test(code);
}

/** Go names a program by the last part of its path that is no version. */
function programName(spec: AppSpec): string {
  const { module = spec.app } = parseGoMod(spec.files.get("go.mod") ?? "");
  return module.replace(/\/v\d+$/, "").replace(/^.*\//, "");
}

function noProgram(spec: AppSpec, programs: readonly GoProgram[]): Error {
  const names = programs.map(({ name }) => name).join(", ");
  return templateInput({
    template: "go-source",
    reason:
      names === ""
        ? "no file says which program web starts"
        : `the app holds several programs: ${names}`,
    hint: `Set [nix] exec-target to the program's name${names === "" ? "" : `, as in exec-target = "${programs[0]?.name}"`}`,
    place: spec.scope(["nix", "template"]).place ?? { file: "go.mod" },
  });
}
