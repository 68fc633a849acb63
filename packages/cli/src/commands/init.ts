import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import {
  AppName,
  type Conversion,
  type Converter,
  combineConversions,
  configDefaults,
  fitTemplate,
  formatPlace,
  formatWarning,
  loadConfig,
  type PlanParts,
  printToml,
  sourceNotDirectory,
  sourceNotFound,
  suggestAppName,
  toConfigFile,
} from "@hop3/core";
import { type Block, line, table } from "../blocks.ts";
import type { Answer } from "../command.ts";
import { resolveFrom } from "../config-file.ts";
import type { Context } from "../context.ts";
import { readIfThere, writeText } from "../files.ts";
import { initExists, initNothing, initUnknownKind } from "../init-errors.ts";
import type { Input } from "../input.ts";
import { planParts } from "../plan-parts.ts";

const configName = "hop3.toml";

/** Writes a hop3.toml from the files of other platforms; says what it could not take over. */
export async function init(input: Input, context: Context): Promise<Answer> {
  const directory = resolveFrom(context, input.args[0] ?? ".");
  await requireDirectory(directory);
  const kind = input.text("from");
  const parts = await planParts(context);
  const chosen = chooseConverters(parts.converters, kind);
  const isPrint = input.flag("print");
  const target = join(directory, configName);
  if (!isPrint && !input.flag("force") && (await exists(target)))
    throw initExists({ file: target });
  const found = await findFiles(directory, chosen);
  if (found.length === 0)
    throw initNothing({ directory, kind, files: chosen.flatMap(({ files }) => files) });
  const made = await makeConfig(directory, found, parts.templates);
  if (!isPrint) await writeText(target, made.text);
  return answer({ target: isPrint ? undefined : target, found, ...made });
}

interface Found {
  readonly converter: Converter;
  readonly file: string;
  readonly text: string;
}

function chooseConverters(
  converters: readonly Converter[],
  kind: string | undefined,
): readonly Converter[] {
  if (kind === undefined) return converters;
  const chosen = converters.filter(({ id }) => id === kind);
  if (chosen.length === 0) {
    throw initUnknownKind({ kind, known: converters.map(({ id }) => id) });
  }
  return chosen;
}

async function findFiles(directory: string, chosen: readonly Converter[]): Promise<Found[]> {
  const found: Found[] = [];
  for (const converter of chosen) {
    for (const file of converter.files) {
      const text = await readIfThere(join(directory, file), ["ENOENT", "EISDIR"]);
      if (text === undefined) continue;
      found.push({ converter, file, text });
      break;
    }
  }
  return found;
}

interface Made {
  readonly text: string;
  readonly conversion: Conversion;
}

async function makeConfig(
  directory: string,
  found: readonly Found[],
  templates: PlanParts["templates"],
): Promise<Made> {
  const present = await findPresent(directory);
  const combined = combineConversions(
    found.map(({ converter, file, text }) =>
      converter.convert({ text, file, has: (path) => present.has(path) }),
    ),
  );
  const hasNixFile = present.has(configDefaults.nixFile);
  const conversion = hasNixFile ? combined : fitTemplate(combined, templates);
  const config = toConfigFile(conversion, { hasNixFile });
  const id = suggestAppName(basename(directory));
  const metadata = { ...(AppName.safeParse(id).success ? { id } : {}), ...config.metadata };
  const text = printToml({ ...config, metadata }, comments(found, conversion));
  // What is written must be readable: a mistake here is one of this program.
  loadConfig(text);
  return { text, conversion };
}

/** Files whose presence converters ask about. */
const asked = [
  configDefaults.nixFile,
  "package-lock.json",
  "pnpm-lock.yaml",
  "yarn.lock",
  "bun.lock",
  "bun.lockb",
];

async function findPresent(directory: string): Promise<ReadonlySet<string>> {
  const present = new Set<string>();
  for (const file of asked) {
    if (await exists(join(directory, file))) present.add(file);
  }
  return present;
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

async function requireDirectory(directory: string): Promise<void> {
  const found = await stat(directory).catch(() => undefined);
  if (found === undefined) throw sourceNotFound({ directory });
  if (!found.isDirectory()) throw sourceNotDirectory({ directory });
}

function comments(found: readonly Found[], { warnings }: Conversion): readonly string[] {
  const head = `Made by hop3 init from ${found.map(({ file }) => file).join(", ")}.`;
  if (warnings.length === 0) return [head];
  return [head, "", "To look at:", ...warnings.map((warning) => `- ${formatWarning(warning)}`)];
}

interface Outcome extends Made {
  /** Undefined where nothing was written. */
  readonly target: string | undefined;
  readonly found: readonly Found[];
}

function answer({ target, found, text, conversion }: Outcome): Answer {
  const { warnings, facts } = conversion;
  const files = found.map(({ converter, file }) => ({ kind: converter.id, file }));
  const json = { written: target ?? null, files, facts, warnings, toml: text };
  if (target === undefined) return { json, blocks: [], raw: text };
  const blocks: Block[] = [
    line({ text: "Found", tone: "bold" }),
    table(
      [],
      found.map(({ converter, file }) => [`  ${file}`, { text: converter.title, tone: "dim" }]),
    ),
    table(
      [],
      facts.map(({ what, value, place }) => [
        `  ${what}`,
        value,
        { text: formatPlace(place), tone: "dim" },
      ]),
    ),
    ...warnings.map((warning) =>
      line({ text: "warning", tone: "warn" }, `  ${formatWarning(warning)}`),
    ),
    line({ text: "Wrote", tone: "good" }, ` ${target}; see what a deploy would do: hop3 plan`),
  ];
  return { json, blocks };
}
