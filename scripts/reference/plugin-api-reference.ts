import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const source = join(import.meta.dirname, "../../packages/core/src/plugin/api.ts");

/** One name that `hop3/plugin` exports. */
export interface ApiName {
  readonly name: string;
  readonly isType: boolean;
  /** First sentence of its docstring; empty where it has none. */
  readonly summary: string;
}

/** What `hop3/plugin` exports, read from the one file that lists it. */
export function readPluginApi(): readonly ApiName[] {
  const text = readFileSync(source, "utf8");
  const names = [...text.matchAll(/^export (type )?\{([^}]+)\} from "([^"]+)";$/gm)].flatMap(
    ([, type, list = "", module = ""]) => {
      const declared = readFileSync(join(dirname(source), module), "utf8");
      return list
        .split(",")
        .map((name) => name.trim())
        .filter((name) => name !== "")
        .map((name) => ({ name, isType: type !== undefined, summary: summaryOf(declared, name) }));
    },
  );
  return names.sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** The first sentence of the docstring right before a declaration; a schema and its type share a name. */
function summaryOf(text: string, name: string): string {
  const declaration = new RegExp(
    `/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\s*export (?:interface|type|class|function|const) ${name}\\b`,
  );
  const doc = declaration.exec(text)?.[1] ?? "";
  const words = doc
    .replaceAll(/^\s*\* ?/gm, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
  return /^.*?\.(?= [A-Z`])|^.*$/.exec(words)?.[0] ?? "";
}

/** docs/reference/plugin-api.md */
export function makePluginApiReference(): string {
  const api = readPluginApi();
  const rows = (isType: boolean): string =>
    api
      .filter((each) => each.isType === isType)
      .map(({ name, summary }) => `| \`${name}\` | ${summary.replaceAll("|", "\\|")} |`)
      .join("\n");
  return `# What \`hop3/plugin\` exports

Made from packages/core/src/plugin/api.ts by \`node scripts/generate-reference.ts\`; do not edit. A name that is not here is not promised.
How a plug-in is made: [the guide](../guides/plug-ins.md).

## Values

| name | what it is |
| ---- | ---------- |
${rows(false)}

## Types

| name | what it is |
| ---- | ---------- |
${rows(true)}
`;
}
