import { nearest, RuntimeConfig, Worker, WorkerName } from "@hop3/core";
import { z } from "zod";
import { nixContract, nixPackageOutputs, nixRuntimeJson } from "../nix/errors.ts";
import { Positions, placeOf } from "./positions.ts";

/** What nix/release.nix answers. */
export const Evaluation = z.object({
  kind: z.string(),
  unknown: z.array(z.string()),
  positions: Positions,
  package: z.object({
    kind: z.string(),
    name: z.string().optional(),
    outputs: z.array(z.string()).optional(),
    usable: z.boolean().optional(),
  }),
  contract: z.record(z.string(), z.json()),
  drvPath: z.string().nullable(),
  out: z.string().nullable(),
});
export type Evaluation = z.infer<typeof Evaluation>;

/** Attributes of hop3.nix as users write them; RuntimeConfig is what they become. */
const Attributes = z.strictObject({
  workers: z.record(WorkerName, Worker).optional(),
  env: RuntimeConfig.shape.env_vars.optional(),
  path: z.array(z.string()).optional(),
  working_dir: z.string().optional(),
  before_run: RuntimeConfig.shape.before_run.optional(),
  launcher: z.string().optional(),
  static_paths: z.record(z.string().startsWith("/"), z.string()).optional(),
  healthcheck: RuntimeConfig.shape.healthcheck.optional(),
  writable_tree: RuntimeConfig.shape.writable_tree.optional(),
  limits: RuntimeConfig.shape.limits.optional(),
});
const knownKeys = ["package", ...Object.keys(Attributes.shape)];

/** Fails with every fault of the attributes at once, each with its place; returns the derivation to build. */
export function checkEvaluation(
  evaluation: Evaluation,
  file: string,
): { drvPath: string; outPath: string } {
  const place = (key: string) => placeOf(evaluation.positions, file, [key]);
  const faults = [...shapeFaults(evaluation, file), ...attributeFaults(evaluation)];
  const first = faults[0];
  if (first !== undefined) {
    throw nixContract({
      place: place(first.key),
      reason: `${file}: ${first.reason}`,
      hint: first.hint,
      all: faults.length > 1 ? faults.map((fault) => `${file}: ${fault.reason}`).join("\n") : "",
    });
  }
  const { drvPath, out: outPath } = evaluation;
  if (drvPath === null || outPath === null) {
    throw nixPackageOutputs({ place: place("package"), outputs: evaluation.package.outputs ?? [] });
  }
  return { drvPath, outPath };
}

interface Fault {
  readonly key: string;
  readonly reason: string;
  readonly hint: string;
}

function shapeFaults(evaluation: Evaluation, file: string): readonly Fault[] {
  if (evaluation.kind !== "set") {
    const reason = `the file gives ${article(evaluation.kind)}, not an attribute set`;
    return [
      { key: "", reason, hint: `${file} is { pkgs }: { package = …; workers = { web = "…"; }; }` },
    ];
  }
  const faults = evaluation.unknown.map((key): Fault => {
    const close = nearest(key, knownKeys);
    return {
      key,
      reason: `'${key}' is not a key of the contract`,
      hint:
        close.length > 0 ? `Did you mean '${close[0]}'?` : `Known keys: ${knownKeys.join(", ")}`,
    };
  });
  const { kind } = evaluation.package;
  if (kind === "missing") {
    faults.push({
      key: "package",
      reason: "the attribute 'package' is missing",
      hint: "Add package = …; a derivation, for example pkgs.python3Packages.buildPythonApplication { … }",
    });
  } else if (kind !== "derivation") {
    faults.push({
      key: "package",
      reason: `'package' must be a derivation, not ${article(kind)}`,
      hint: "A derivation comes from pkgs.stdenv.mkDerivation, pkgs.runCommand and the like",
    });
  }
  return faults;
}

function attributeFaults(evaluation: Evaluation): readonly Fault[] {
  const parsed = Attributes.safeParse(evaluation.contract);
  if (parsed.success) return [];
  return parsed.error.issues.map((issue) => describeIssue(issue, evaluation.contract));
}

function describeIssue(issue: z.core.$ZodIssue, document: unknown): Fault {
  const path = issue.path.map(String);
  const key = path[0] ?? "";
  const found = valueAt(document, issue.path);
  const expected = expectedAt(path);
  if (issue.code === "unrecognized_keys") {
    return {
      key,
      reason: `'${path.join(".")}' has the unknown key '${issue.keys.join("', '")}'`,
      hint: expected,
    };
  }
  return {
    key,
    reason: `'${path.join(".")}' must be ${expected}, not ${showValue(found)}`,
    hint: hintFor(key, found),
  };
}

function hintFor(key: string, found: unknown): string {
  if (key === "env" && (typeof found === "number" || typeof found === "boolean")) {
    return `Environment variables are strings: write "${String(found)}" in quotes, or toString`;
  }
  return "The keys and their types: docs/guides/hop3-nix.md";
}

const expectations: Readonly<Record<string, string>> = {
  workers: "a set of commands: a string, a list of strings, or { command = …; }",
  env: "a set of strings",
  path: "a list of directories",
  working_dir: "a path",
  before_run: "a list of commands",
  launcher: "a program in the store",
  static_paths: "a set from a URL prefix to a directory",
  healthcheck: 'a set like { path = "/health"; status = [ 200 299 ]; }',
  writable_tree: "a list of paths below the package",
  limits: 'a set like { memory = "256M"; }',
};

function expectedAt(path: readonly string[]): string {
  const key = path[0] ?? "";
  if (path.length === 2 && key === "workers")
    return "a command: a string, a list of strings, or { command = …; }";
  if (path.length === 2 && key === "env") return "a string";
  return expectations[key] ?? "something else";
}

function valueAt(document: unknown, path: readonly PropertyKey[]): unknown {
  let value = document;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

function showValue(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") {
    return "hop3:type" in value ? article(String(value["hop3:type"])) : "a set";
  }
  if (typeof value === "string") return `the string "${value.slice(0, 60)}"`;
  return `the ${typeof value} ${String(value)}`;
}

function article(kind: string): string {
  const names: Readonly<Record<string, string>> = {
    lambda: "function",
    set: "attribute set",
    int: "number",
  };
  const name = names[kind] ?? kind;
  return /^[aeiou]/.test(name) ? `an ${name}` : `a ${name}`;
}

/** hop3/runtime.json of the finished release, as the release derivation merged it. */
export function parseRuntimeConfig(
  text: string,
  file: string,
  positions: Evaluation["positions"],
): RuntimeConfig {
  const document: unknown = JSON.parse(text);
  const parsed = RuntimeConfig.safeParse(document);
  if (!parsed.success) throw runtimeProblem(parsed.error.issues[0], document);
  if (Object.keys(parsed.data.workers).length > 0) return parsed.data;
  throw nixContract({
    place: placeOf(positions, file, ["workers", "package"]),
    reason: `${file}: there is no worker: neither the attribute 'workers' nor the package's hop3/runtime.json names one`,
    hint: 'Add workers = { web = "…"; };',
    all: "",
  });
}

function runtimeProblem(issue: z.core.$ZodIssue | undefined, document: unknown): Error {
  if (issue === undefined) throw new Error("a failed parse without an issue");
  if (issue.code === "unrecognized_keys" && issue.path.length === 0) {
    return unknownRuntimeKey(issue.keys[0] ?? "");
  }
  const path = issue.path
    .map(String)
    .filter((part) => part !== "command")
    .map((part) => runtimeNames[part] ?? part);
  const found = showValue(valueAt(document, issue.path));
  return nixRuntimeJson({
    reason: `has the wrong type: '${path.join(".")}' must be ${expectedAt(path)}, not ${found}`,
  });
}

/** Names of the finished file that are called otherwise in what users write. */
const runtimeNames: Readonly<Record<string, string>> = { env_vars: "env", path_prepend: "path" };

function unknownRuntimeKey(key: string): Error {
  if (key === "hop3/runtime.json") return nixRuntimeJson({ reason: "does not hold an object" });
  const close = nearest(key, knownKeys)[0];
  return nixRuntimeJson({
    reason: `has the unknown key '${key}'`,
    ...(close === undefined ? {} : { hint: `Did you mean '${close}'?` }),
  });
}
