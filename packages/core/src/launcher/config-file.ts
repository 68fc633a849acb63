import type { NixSection } from "../config/nix-section.ts";
import { encodeJson } from "../encode/json.ts";
import { isJsonArray, type JsonObject, type JsonValue } from "../encode/json-value.ts";
import { encodePhp } from "../encode/php.ts";
import { encodeToml } from "../encode/toml.ts";
import { encodeYaml } from "../encode/yaml.ts";
import { VariableName } from "../names.ts";
import type { NixExpr, StringPart } from "../nix/ast.ts";
import { nix } from "../nix/build.ts";
import { recipeTextInvalid } from "./generate-errors.ts";
import { parseText, type TextScope } from "./parse-text.ts";
import { spliced, type Text, type TextPart } from "./text.ts";

export type ConfigFileEntry = NonNullable<NixSection["config-files"]>[number];

/** How values that arrive at run time are escaped; see render-config.ts. */
export type ConfigEscape = "none" | "ini" | "json" | "php" | "dotenv";

/** A configuration file as it lies in the store, its references not yet filled in. */
export interface ConfigTemplate {
  readonly path: string;
  readonly escaping: ConfigEscape;
  readonly createIfMissing: boolean;
  readonly text: NixExpr;
}

export function configTemplate(entry: ConfigFileEntry, scope: TextScope): ConfigTemplate {
  const createIfMissing = entry["create-if-missing"] ?? false;
  const path = checkPath(entry.path, scope);
  const parts = textOf(entry, scope);
  const escaping = escapes[entry.format ?? "raw"];
  return { path, escaping, createIfMissing, text: nix.indented(...withLineEnd(parts)) };
}

function checkPath(path: string, scope: TextScope): string {
  const names = path.replace(/^\.\//, "").split("/");
  const isInside = !path.startsWith("/") && names.every((name) => !["", ".", ".."].includes(name));
  if (isInside) return names.join("/");
  throw recipeTextInvalid({
    ...scope,
    reason: `'${path}' is not a path below the working directory`,
    hint: "Write it relative to the data directory, without ..",
  });
}

const escapes: Readonly<Record<NonNullable<ConfigFileEntry["format"]>, ConfigEscape>> = {
  raw: "none",
  ini: "ini",
  json: "json",
  // Both are written with JSON's double quotes.
  yaml: "json",
  toml: "json",
  php: "php",
  dotenv: "dotenv",
};

function textOf(entry: ConfigFileEntry, scope: TextScope): readonly StringPart[] {
  const { format = "raw" } = entry;
  switch (format) {
    case "raw":
      return reread(need(entry, "raw-content", scope), scope);
    case "ini":
      return ini(need(entry, "sections", scope), scope);
    case "json":
      return reread(encodeJson(content(entry, scope)), scope);
    case "yaml":
      return reread(encodeYaml(content(entry, scope)), scope);
    case "toml":
      return reread(encodeToml(content(entry, scope)), scope);
    case "php":
      return reread(`<?php\nreturn ${encodePhp(content(entry, scope))};\n`, scope);
    case "dotenv":
      return dotenv(content(entry, scope), scope);
  }
}

/** References survive every encoder; what a default says is escaped as the text around it is. */
function reread(text: string, scope: TextScope): readonly StringPart[] {
  return printed(parseText(text, scope, { isLenient: true }));
}

function content(entry: ConfigFileEntry, scope: TextScope): JsonObject {
  return withBraces(need(entry, "content", scope)) as JsonObject;
}

/** `$NAME` in a value means `${NAME}`. */
function withBraces(value: JsonValue): JsonValue {
  if (typeof value === "string") return value.replaceAll(/\$([A-Z_][A-Z0-9_]*)/g, `\${$1}`);
  if (value === null || typeof value !== "object") return value;
  if (isJsonArray(value)) return value.map(withBraces);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withBraces(item)]));
}

function need<Key extends "raw-content" | "sections" | "content">(
  entry: ConfigFileEntry,
  key: Key,
  scope: TextScope,
): NonNullable<ConfigFileEntry[Key]> {
  const value = entry[key];
  if (value !== undefined) return value;
  throw recipeTextInvalid({
    ...scope,
    reason: `a file in the format '${entry.format ?? "raw"}' needs ${key}`,
    hint: `Add ${key} to the entry`,
  });
}

function ini(
  sections: NonNullable<ConfigFileEntry["sections"]>,
  scope: TextScope,
): readonly StringPart[] {
  const lines: StringPart[] = [];
  for (const [section, values] of Object.entries(sections)) {
    lines.push(`${lines.length === 0 ? "" : "\n"}[${iniName(section, scope)}]\n`);
    for (const [name, value] of Object.entries(values)) {
      lines.push(`${iniName(name, scope)} = `, ...scalar(value, scope), "\n");
    }
  }
  return lines;
}

/**
 * `NAME=value` lines whose values are quoted at start, when all of a value is known: how it has to be
 * quoted depends on what is in it. Until then line breaks and backslashes are written as escapes.
 */
function dotenv(values: JsonObject, scope: TextScope): readonly StringPart[] {
  return Object.entries(values).flatMap(([name, value]) => {
    if (!VariableName.safeParse(name).success) {
      throw recipeTextInvalid({
        ...scope,
        reason: `${JSON.stringify(name)} cannot be the name of a variable`,
        hint: "Letters, digits and _, not starting with a digit",
      });
    }
    return [`${name}=`, ...dotenvValue(value, scope), "\n"];
  });
}

function dotenvValue(value: JsonValue, scope: TextScope): readonly StringPart[] {
  if (typeof value === "number" || typeof value === "boolean") return [String(value)];
  if (typeof value === "string") {
    const escaped = value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
    return printed(parseText(escaped, scope, { hasBareVariables: true, isLenient: true }));
  }
  throw recipeTextInvalid({
    ...scope,
    reason: `a dotenv file cannot hold the value ${JSON.stringify(value)}`,
    hint: "Values are texts, numbers or booleans",
  });
}

function iniName(name: string, scope: TextScope): string {
  if (!/[\r\n[\]=]/.test(name)) return name;
  throw recipeTextInvalid({
    ...scope,
    reason: `${JSON.stringify(name)} cannot be a name in an INI file`,
    hint: "Names have no brackets, equals signs and line breaks",
  });
}

function scalar(value: JsonValue, scope: TextScope): readonly StringPart[] {
  if (typeof value === "string" && !/[\r\n]/.test(value)) {
    return printed(parseText(value, scope, { hasBareVariables: true, isLenient: true }));
  }
  if (typeof value === "number" || typeof value === "boolean") return [String(value)];
  throw recipeTextInvalid({
    ...scope,
    reason: `an INI file cannot hold the value ${JSON.stringify(value)}`,
    hint: "Values are texts of one line, numbers or booleans",
  });
}

/** The references again, as the script at start reads them. */
function printed(text: Text): StringPart[] {
  return text.flatMap(printPart);
}

function printPart(part: TextPart): StringPart[] {
  if (typeof part === "string") return [part];
  if (part.kind === "nix") return [...spliced(part.expr)];
  if (part.kind !== "variable") throw new Error(`not possible in a file: ${part.kind}`);
  const { name, fallback } = part;
  if (fallback === undefined) return [`\${${name}}`];
  const operator = fallback.kind === "default" ? ":-" : ":?";
  return [`\${${name}${operator}`, ...printed(fallback.text), "}"];
}

function withLineEnd(parts: readonly StringPart[]): readonly StringPart[] {
  const last = parts.at(-1);
  return typeof last === "string" && last.endsWith("\n") ? parts : [...parts, "\n"];
}
