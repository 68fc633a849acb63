import { z } from "zod";
import type { KeyPath } from "../config/positions.ts";
import { convertInvalid, type LocatedDocument } from "./conversion.ts";
import type { Draft } from "./draft.ts";

/** A key that is known and has no meaning in hop3.toml; where it is set, the reason becomes a warning. */
export function dropped(reason: string) {
  return z.unknown().optional().meta({ dropped: reason });
}

/** A name or a path: something has to be there. */
export const filledText = z.string().min(1, "expected a text that is not empty");

/**
 * Reads a document with a schema. A wrong value is an error with its place. A key that the schema drops
 * or does not know is a warning, so nothing of a file is lost in silence; `z.looseObject` marks
 * tables in which other programs keep their own keys.
 */
export function checkDocument<Schema extends z.ZodType>(
  schema: Schema,
  document: LocatedDocument,
  draft: Draft,
): z.infer<Schema> {
  const walk: Walk = { document, draft };
  const kept = prune(walk, { schema, value: document.value, path: [] });
  const parsed = schema.safeParse(kept);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => {
    const path = issue.path.filter((part) => typeof part !== "symbol");
    return { message: describe(issue, path), place: document.placeOf(path) };
  });
  throw convertInvalid({ problems });
}

interface Walk {
  readonly document: LocatedDocument;
  readonly draft: Draft;
}

interface Found {
  readonly schema: z.ZodType | undefined;
  readonly value: unknown;
  readonly path: KeyPath;
}

/** The value without what the schema drops. */
function prune(walk: Walk, { schema, value, path }: Found): unknown {
  const inner = formFor(schema, value);
  if (inner instanceof z.ZodArray && Array.isArray(value)) {
    const element = asSchema(inner.element);
    return value.map((item, index) =>
      prune(walk, { schema: element, value: item, path: [...path, index] }),
    );
  }
  if (!isTable(value)) return value;
  if (inner instanceof z.ZodRecord) {
    const valueSchema = asSchema(inner.valueType);
    return mapTable(value, (item, key) =>
      prune(walk, { schema: valueSchema, value: item, path: [...path, key] }),
    );
  }
  return inner instanceof z.ZodObject ? pruneObject(walk, inner, { value, path }) : value;
}

function pruneObject(
  walk: Walk,
  schema: z.ZodObject,
  { value, path }: { readonly value: object; readonly path: KeyPath },
): unknown {
  const isOpen = schema.def.catchall !== undefined && !(schema.def.catchall instanceof z.ZodNever);
  return mapTable(value, (item, key) => {
    const member = [...path, key];
    const known = asSchema(Object.hasOwn(schema.shape, key) ? schema.shape[key] : undefined);
    if (known === undefined && isOpen) return item;
    const reason = known === undefined ? "Hop3 does not know this key" : reasonOf(known);
    if (reason === undefined) return prune(walk, { schema: known, value: item, path: member });
    if (!isEmpty(item)) {
      const place = walk.document.placeOf(member);
      walk.draft.warn(`${showPath(member)} is not carried over`, reason, place);
    }
    return undefined;
  });
}

function reasonOf(schema: z.ZodType): string | undefined {
  const reason = schema.meta()?.["dropped"];
  return typeof reason === "string" ? reason : undefined;
}

/** Nothing is lost with an empty list or null. */
function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

function mapTable(table: object, change: (value: unknown, key: string) => unknown): unknown {
  const entries = Object.entries(table).map(([key, value]) => [key, change(value, key)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== null));
}

/** Without what only wraps it; of several forms, the one that the value has. */
function formFor(schema: z.ZodType | undefined, value: unknown): z.ZodType | undefined {
  if (schema instanceof z.ZodOptional) return formFor(asSchema(schema.unwrap()), value);
  if (!(schema instanceof z.ZodUnion)) return schema;
  const forms = schema.options.map((option) => formFor(asSchema(option), value));
  if (Array.isArray(value)) return forms.find((form) => form instanceof z.ZodArray);
  return forms.find((form) => form instanceof z.ZodObject || form instanceof z.ZodRecord);
}

function isTable(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asSchema(part: unknown): z.ZodType | undefined {
  return part instanceof z.ZodType ? part : undefined;
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

function describe(issue: z.core.$ZodIssue, path: KeyPath): string {
  const where = path.length === 0 ? "the file" : showPath(path);
  if (issue.code === "invalid_type") return `${where}: expected ${typeName(issue.expected)}`;
  if (issue.code === "invalid_union") {
    const forms = issue.errors.flatMap((branch) =>
      branch.flatMap((one) => (one.code === "invalid_type" ? [typeName(one.expected)] : [])),
    );
    return `${where}: expected ${[...new Set(forms)].join(" or ") || "another form"}`;
  }
  if (issue.code === "invalid_value") {
    return `${where}: expected ${issue.values.map((value) => JSON.stringify(value)).join(" or ")}`;
  }
  return `${where}: ${issue.message}`;
}

function typeName(expected: string): string {
  return typeNames[expected] ?? expected;
}

/** `services[2].envVars[0].key`, counted from 1 as people count. */
function showPath(path: KeyPath): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part + 1}]` : `.${part}`))
    .join("")
    .replace(/^\./, "");
}
