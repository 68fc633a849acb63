import { z } from "zod";
import { ConfigFile } from "../../packages/core/src/index.ts";

/** The part of JSON Schema that the reference page shows. */
interface Shape {
  readonly description?: string;
  readonly default?: unknown;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Shape[];
  readonly items?: Shape;
  readonly prefixItems?: readonly Shape[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: Shape | boolean;
}

/** The JSON Schema of hop3.toml, as it is written and not as it is read. */
export function makeConfigSchema(): string {
  const schema = configSchema("ref");
  return `${JSON.stringify({ title: "hop3.toml", ...schema }, undefined, 2)}\n`;
}

function configSchema(reused: "ref" | "inline"): Shape {
  const schema = z.toJSONSchema(ConfigFile, {
    io: "input",
    unrepresentable: "any",
    reused,
    override: ({ zodSchema, jsonSchema }) => {
      // zod leaves the default of a value that is transformed out; ours is written as a user writes it.
      const fallback = z.globalRegistry.get(zodSchema)?.["default"];
      if (fallback !== undefined) jsonSchema.default = fallback;
    },
  });
  return JSON.parse(JSON.stringify(schema));
}

const intro = `# hop3.toml

Made from the schema by \`node scripts/generate-reference.ts\`; do not edit. Editors find the same in
[hop3.schema.json](hop3.schema.json): put \`#:schema\` and its path into the first line of the file.

The file is optional. What it says wins over \`Procfile\`, key by key, and that over \`hop3.nix\`;
\`hop3 plan\` shows each value and where it came from. An unknown section or key is an error. What this
version understands without acting on it is said as a warning at every deploy.

A command is a text, run by the Release's own shell, or a list, started as it is. A duration is a number
of seconds or a text such as \`"90s"\`, \`"5m"\`, \`"1h30m"\`. A hash is SRI, base64, nix32 or hex.
`;

/** The reference page, one table for each section. */
export function makeConfigReference(): string {
  const schema = configSchema("inline");
  const pages = Object.entries(schema.properties ?? {})
    .filter(([name]) => name !== "contexts")
    .flatMap(([name, shape]) => describeTable(`${name}${nameSuffix(shape)}`, shape));
  const contexts = schema.properties?.["contexts"]?.description ?? "";
  return `${[intro, ...pages, `## [contexts.NAME]\n\n${contexts}.\n`].join("\n")}`;
}

/** A section and, below it, each table inside it. */
function describeTable(name: string, shape: Shape): readonly string[] {
  const table = tableOf(shape);
  if (table === undefined) return [`## [${name}]\n\n${sentence(shape)}${entries(shape)}`];
  const isList = shape.type === "array";
  const keys = Object.entries(table.properties ?? {});
  const inner = keys.filter(([, key]) => tableOf(key) !== undefined);
  const rows = keys.filter(([, key]) => tableOf(key) === undefined || isMixed(key));
  const heading = `## ${isList ? `[[${name}]]` : `[${name}]`}\n\n${sentence(shape)}${entries(table)}`;
  const lines = rows.map(([key, value]) => describeKey(key, value));
  const body = ["| key | value | default | meaning |", "| --- | --- | --- | --- |", ...lines, ""];
  const own = rows.length === 0 ? heading : `${heading}\n${body.join("\n")}`;
  return [
    own,
    ...inner.flatMap(([key, value]) => describeTable(`${name}.${key}${nameSuffix(value)}`, value)),
  ];
}

/** Tables whose keys are names that the user chooses. */
function nameSuffix(shape: Shape): string {
  return shape.properties === undefined && shape.type === "object" ? ".NAME" : "";
}

function isMixed(shape: Shape): boolean {
  return shape.anyOf !== undefined;
}

/** The table that a value is, holds in a list, or holds by name; undefined for plain values. */
function tableOf(shape: Shape): Shape | undefined {
  if (shape.properties !== undefined) return shape;
  if (shape.type === "array")
    return shape.items?.properties === undefined ? undefined : shape.items;
  const byName =
    typeof shape.additionalProperties === "object" ? shape.additionalProperties : undefined;
  return byName?.anyOf?.find((form) => form.properties !== undefined);
}

function describeKey(key: string, shape: Shape): string {
  const fallback = shape.default === undefined ? "" : code(JSON.stringify(shape.default));
  const cells = [code(key), typeName(shape), fallback, shape.description ?? ""];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function sentence(shape: Shape): string {
  return shape.description === undefined ? "" : `${shape.description}.\n`;
}

function entries(shape: Shape): string {
  const value = shape.additionalProperties;
  return typeof value === "object" ? `\nAny other name: ${typeName(value)}.\n` : "";
}

function typeName(shape: Shape): string {
  if (shape.const !== undefined) return code(JSON.stringify(shape.const));
  if (shape.enum !== undefined)
    return shape.enum.map((one) => code(JSON.stringify(one))).join(", ");
  if (shape.anyOf !== undefined) return [...new Set(shape.anyOf.map(typeName))].join(" or ");
  if (shape.prefixItems !== undefined) return `[${shape.prefixItems.map(typeName).join(", ")}]`;
  if (shape.type === "array") return listName(shape.items ?? {});
  if (shape.properties !== undefined)
    return code(`{ ${Object.keys(shape.properties).join(", ")} }`);
  if (shape.type === "object") return "table";
  return typeNames[shape.type ?? ""] ?? "any value";
}

function listName(items: Shape): string {
  return items.anyOf === undefined ? `list of ${typeName(items)}` : `list of (${typeName(items)})`;
}

const typeNames: Readonly<Record<string, string>> = {
  string: "text",
  number: "number",
  integer: "whole number",
  boolean: "`true` or `false`",
};

function code(text: string): string {
  return `\`${text}\``;
}
