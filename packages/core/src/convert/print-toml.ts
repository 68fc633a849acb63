import { stringify } from "smol-toml";
import type { ConfigFile } from "../config/schema.ts";

/** Order of the sections in a printed file: that of the reference page. */
const sectionOrder = [
  "metadata",
  "build",
  "run",
  "env",
  "nix",
  "addons",
  "volumes",
  "limits",
  "healthcheck",
  "deploy",
  "domains",
  "port",
  "ports",
  "backup",
  "admin",
  "probe",
  "test",
  "contexts",
] as const satisfies readonly (keyof ConfigFile)[];

/** Tables inside a section that get a header of their own; all others stand on one line. */
const ownTables: ReadonlySet<string> = new Set([
  "build.nix",
  "run.workers",
  "run.static",
  "env.computed",
  "nix.local-vars",
  "nix.env-exports",
  "nix.env-exports-raw",
  "nix.runtime-env",
  "nix.let-extra",
]);

/** Lists of tables inside a section that are written as `[[section.key]]`. */
const ownLists: ReadonlySet<string> = new Set([
  "nix.config-files",
  "nix.conditional-env",
  "nix.file-mappings",
  "test.validations",
]);

/** The text of a hop3.toml; `comments` stand at its top, one a line. What it prints, `loadConfig` reads. */
export function printToml(config: ConfigFile, comments: readonly string[] = []): string {
  const blocks: string[] = [];
  if (comments.length > 0) blocks.push(comments.map(toComment).join("\n"));
  for (const section of sectionOrder) {
    const content = config[section];
    if (content !== undefined && !isEmptyList(content))
      blocks.push(...printSection([section], content));
  }
  return blocks.length === 0 ? "" : `${blocks.join("\n\n")}\n`;
}

/** One line, whatever the text: a line break in a comment would be read as configuration. */
function toComment(text: string): string {
  const safe = text.toWellFormed().replace(/[\p{Cc}\u2028\u2029]+/gu, " ");
  return `# ${safe}`.trimEnd();
}

function printSection(path: readonly string[], content: unknown): string[] {
  const header = path.map(printKey).join(".");
  if (Array.isArray(content)) {
    return content.map((entry) => printLines(`[[${header}]]`, Object.entries(entry)));
  }
  if (!isTable(content)) return [];
  const entries = Object.entries(content).filter(([, value]) => value !== undefined);
  const own = entries.filter(([key, value]) => hasOwnHeader(path, key, value));
  const inline = entries.filter((entry) => !own.includes(entry));
  const blocks = own.flatMap(([key, value]) => printSection([...path, key], value));
  const isNeeded = inline.length > 0 || blocks.length === 0;
  return isNeeded ? [printLines(`[${header}]`, inline), ...blocks] : blocks;
}

function hasOwnHeader(path: readonly string[], key: string, value: unknown): boolean {
  // Below [contexts.<name>] the same sections stand two levels deeper.
  const place = (path[0] === "contexts" ? path.slice(2) : path).concat(key).join(".");
  if (path[0] === "contexts" && path.length <= 2) return isTable(value) || isTableList(value);
  return (ownTables.has(place) && isTable(value)) || (ownLists.has(place) && isTableList(value));
}

function isTable(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** TOML has no list of tables without tables, and one that is empty says nothing. */
function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function isTableList(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isTable);
}

function printLines(header: string, entries: readonly (readonly [string, unknown])[]): string {
  const lines = entries
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${printKey(key)} = ${printValue(value)}`);
  return [header, ...lines].join("\n");
}

function printKey(key: string): string {
  return /^[\w-]+$/.test(key) ? key : printValue(key);
}

/** A value on one line. Tables are written inline, since `stringify` would open a section for them. */
function printValue(value: unknown): string {
  if (Array.isArray(value)) {
    return value.length === 0 ? "[]" : `[${value.map(printValue).join(", ")}]`;
  }
  if (typeof value === "object" && value !== null) {
    const pairs = Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => `${printKey(key)} = ${printValue(item)}`);
    return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
  }
  return stringify({ value })
    .replace(/^value = /, "")
    .trimEnd();
}
