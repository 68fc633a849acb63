import { z } from "zod";
import { nearest } from "../nearest.ts";
import type { KeyPath } from "./positions.ts";

/** One thing that is wrong in a file, before it has a place. */
export interface Problem {
  readonly path: KeyPath;
  readonly message: string;
}

type Issue = z.core.$ZodIssue;

/** What zod found, as sentences a user can act on; `schema` is the one that was checked. */
export function describeIssues(schema: z.ZodType, issues: readonly Issue[]): readonly Problem[] {
  return issues.flatMap((issue) => describeIssue(schema, { issue, path: toKeyPath(issue.path) }));
}

interface Located {
  readonly issue: Issue;
  readonly path: KeyPath;
}

function describeIssue(schema: z.ZodType, { issue, path }: Located): readonly Problem[] {
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: unknownKey(schema, path, key),
      }));
    case "invalid_union":
      return describeUnion(schema, { issue, path });
    case "invalid_value":
      return [{ path, message: `${where(path)}: ${wrongChoice(issue)}` }];
    case "invalid_type":
      return [
        {
          path,
          message: `${where(path)}: expected ${typeNames[issue.expected] ?? issue.expected}${isMissing(issue) ? ", which is missing" : ""}`,
        },
      ];
    case "invalid_key":
      return [
        {
          path,
          message: `${where(path)}: ${explanation(schema, path) ?? "this name is not allowed here"}`,
        },
      ];
    case "invalid_format":
      return [{ path, message: `${where(path)}: ${formatMessage(schema, { issue, path })}` }];
    default:
      return [
        {
          path,
          message: issue.message.startsWith("[")
            ? issue.message
            : `${where(path)}: ${issue.message}`,
        },
      ];
  }
}

const typeNames: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a table",
  record: "a table",
};

function isMissing(issue: Issue): boolean {
  return issue.message.endsWith("received undefined");
}

/** Of several allowed forms, the one that the value resembles is the one that was meant. */
function describeUnion(schema: z.ZodType, { issue, path }: Located): readonly Problem[] {
  const branches = flattenBranches(issue);
  const meant = branches.filter((branch) => branch.every((one) => !isOtherForm(one)));
  const branch = meant.toSorted((a, b) => a.length - b.length)[0];
  if (branch !== undefined) {
    return branch.flatMap((one) =>
      describeIssue(schema, { issue: one, path: [...path, ...toKeyPath(one.path)] }),
    );
  }
  const forms = branches.flatMap((some) => some.filter(isOtherForm).map(formName));
  return [{ path, message: `${where(path)}: expected ${[...new Set(forms)].join(" or ")}` }];
}

/** A form that itself has several forms adds them to the list. */
function flattenBranches(issue: Issue): readonly (readonly Issue[])[] {
  if (issue.code !== "invalid_union") return [];
  return issue.errors.flatMap((branch) => {
    const [only] = branch;
    const isNested =
      branch.length === 1 && only?.code === "invalid_union" && only.path.length === 0;
    return isNested ? flattenBranches(only) : [branch];
  });
}

/** True where the value is of another type altogether. */
function isOtherForm(issue: Issue): boolean {
  return issue.path.length === 0 && issue.code === "invalid_type";
}

function formName(issue: Issue): string {
  return issue.code === "invalid_type"
    ? (typeNames[issue.expected] ?? issue.expected)
    : "something else";
}

function wrongChoice(issue: Issue): string {
  if (issue.code !== "invalid_value") return issue.message;
  const values = issue.values.map((value) => JSON.stringify(value));
  return `expected ${values.length === 1 ? "" : "one of "}${values.join(", ")}`;
}

function formatMessage(schema: z.ZodType, { issue, path }: Located): string {
  if (!issue.message.startsWith("Invalid string")) return issue.message;
  return explanation(schema, path) ?? "this text has the wrong form";
}

function unknownKey(schema: z.ZodType, path: KeyPath, key: string): string {
  const known = Object.keys(shapeOf(schemaAt(schema, path)));
  const [guess] = nearest(key, known);
  const what =
    path.length === 0 ? `unknown section [${key}]` : `unknown key '${key}' in ${section(path)}`;
  if (guess !== undefined) return `${what}; did you mean '${guess}'?`;
  return `${what}; known are ${known.join(", ")}`;
}

/** `[run] start-timeout`, or `[[volumes]] 2 target` for the second of several. */
function where(path: KeyPath): string {
  if (path.length <= 1) return section(path);
  return `${section(path.slice(0, 1))} ${path
    .slice(1)
    .map((part) => (typeof part === "number" ? part + 1 : part))
    .join(".")}`;
}

function section(path: KeyPath): string {
  return `[${path.filter((part) => typeof part === "string").join(".")}]`;
}

function explanation(schema: z.ZodType, path: KeyPath): string | undefined {
  const found = schemaAt(schema, path);
  const description = found?.description;
  return description === undefined ? undefined : `expected: ${description.toLowerCase()}`;
}

/** The schema that a path leads to, through optionals, lists, records and the table among several forms. */
function schemaAt(schema: z.ZodType, path: KeyPath): z.ZodType | undefined {
  let current: z.ZodType | undefined = schema;
  for (const part of path) {
    if (current === undefined) return undefined;
    current = childOf(unwrap(current), part);
  }
  return current;
}

function childOf(schema: z.ZodType, part: string | number): z.ZodType | undefined {
  if (schema instanceof z.ZodObject) return asSchema(schema.shape[part] ?? schema.def.catchall);
  if (schema instanceof z.ZodRecord) return asSchema(schema.valueType);
  if (schema instanceof z.ZodArray) return asSchema(schema.element);
  return undefined;
}

/** Without what only wraps it; of several forms, the table. */
function unwrap(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional) return unwrap(asSchema(schema.unwrap()) ?? schema);
  if (!(schema instanceof z.ZodUnion)) return schema;
  const forms = schema.options.map(asSchema);
  return forms.find((form) => form instanceof z.ZodObject) ?? schema;
}

function shapeOf(schema: z.ZodType | undefined): Readonly<Record<string, unknown>> {
  if (schema === undefined) return {};
  const inner = unwrap(schema);
  return inner instanceof z.ZodObject ? inner.shape : {};
}

/** zod types the parts of a schema as its core interface; at run time they are the classic classes. */
function asSchema(part: unknown): z.ZodType | undefined {
  return part instanceof z.ZodType ? part : undefined;
}

function toKeyPath(path: readonly PropertyKey[]): KeyPath {
  return path.map((part) => (typeof part === "symbol" ? part.toString() : part));
}
