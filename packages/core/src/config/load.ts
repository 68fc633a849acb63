import { parse, TomlError } from "smol-toml";
import { defineError, ExitCode, formatPlace, type Place } from "../errors.ts";
import { describeIssues } from "./describe-issue.ts";
import { findPositions, type KeyPath, type Positions } from "./positions.ts";
import { ConfigFile, emptyConfig } from "./schema.ts";
import type { AddonEntry } from "./service-sections.ts";

/** A sentence about a file, and where it applies. */
export interface ConfigNote {
  readonly message: string;
  readonly place: Place;
}

/** A read hop3.toml. */
export interface LoadedConfig {
  readonly config: ConfigFile;
  readonly warnings: readonly ConfigNote[];
  /** Where a key stands, or the nearest thing around it; undefined where there is no file. */
  placeOf(path: KeyPath): Place | undefined;
}

export const configInvalid = defineError<{ problems: readonly ConfigNote[] }>({
  code: "CONFIG_INVALID",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ problems }) => {
    const [first, ...rest] = problems;
    if (first === undefined) return "the configuration is not valid";
    const others = rest.length === 1 ? "1 more error" : `${rest.length} more errors`;
    return `${formatPlace(first.place)}: ${first.message}${rest.length === 0 ? "" : ` (and ${others})`}`;
  },
  hint: ({ problems }) =>
    `Correct ${problems[0]?.place.file ?? "the file"}; docs/reference/hop3-toml.md lists every section and key`,
  place: ({ problems }) => problems[0]?.place,
  detail: ({ problems }) =>
    problems.map(({ place, message }) => `${formatPlace(place)} ${message}`).join("\n"),
});

/** Five hundred times the longest that is known; while a text is parsed, a server does nothing else. */
const mostCharacters = 1_000_000;

/** What an app without hop3.toml has. */
export function noConfig(): LoadedConfig {
  return { config: emptyConfig, warnings: [], placeOf: () => undefined };
}

/** Reads the text of a hop3.toml; fails with every error of the file at once. */
export function loadConfig(text: string, file = "hop3.toml"): LoadedConfig {
  if (text.length > mostCharacters) {
    const message = `it has ${text.length} characters, and no configuration is longer than ${mostCharacters}`;
    throw configInvalid({ problems: [{ message, place: { file } }] });
  }
  const raw = parseToml(text, file);
  const positions = findPositions(text);
  const parsed = ConfigFile.safeParse(raw);
  if (!parsed.success) {
    const problems = describeIssues(ConfigFile, parsed.error.issues)
      .map(({ path, message }) => ({ message, place: placeIn(positions, file, path) }))
      .sort((a, b) => orderOf(a.place) - orderOf(b.place));
    throw configInvalid({ problems });
  }
  const placeOf = (path: KeyPath) => placeIn(positions, file, path);
  return { ...adoptProviders(parsed.data, placeOf), placeOf };
}

function parseToml(text: string, file: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const place = { file, line: cause.line, column: cause.column };
    throw configInvalid({ problems: [{ message: syntaxMessage(cause), place }] }, { cause });
  }
}

/** The first line: the rest of the text repeats the place and quotes the file. */
function syntaxMessage(error: TomlError): string {
  const [first = error.message] = error.message.split("\n");
  return first.replace(/^Invalid TOML document: /, "not valid TOML: ");
}

function placeIn(positions: Positions, file: string, path: KeyPath): Place {
  return { file, ...positions.find(path) };
}

function orderOf(place: Place): number {
  return (place.line ?? 0) * 10_000 + (place.column ?? 0);
}

const addonTypes: Readonly<Record<string, AddonEntry["type"]>> = {
  postgres: "postgres",
  postgresql: "postgres",
  redis: "redis",
  mysql: "mysql",
  mariadb: "mysql",
  s3: "s3",
  minio: "s3",
};

/** Turns the older `[[provider]]` into `[[addons]]`, with a warning each. */
function adoptProviders(
  config: ConfigFile,
  placeOf: (path: KeyPath) => Place,
): Pick<LoadedConfig, "config" | "warnings"> {
  const { provider, ...rest } = config;
  if (provider === undefined) return { config, warnings: [] };
  const addons: AddonEntry[] = [];
  const warnings: ConfigNote[] = [];
  for (const [index, entry] of provider.entries()) {
    const place = placeOf(["provider", index]);
    const written = entry.type ?? entry.name ?? "";
    const type = addonTypes[written.toLowerCase()];
    if (type === undefined) {
      const message = `[[provider]] '${written}' is no known kind; write [[addons]] type = "postgres", "redis", "mysql" or "s3"`;
      throw configInvalid({ problems: [{ message, place }] });
    }
    addons.push({ type, ...(entry.version === undefined ? {} : { version: entry.version }) });
    warnings.push({
      message: `[[provider]] is the older spelling; write [[addons]] type = "${type}"`,
      place,
    });
  }
  return { config: { ...rest, addons: [...(rest.addons ?? []), ...addons] }, warnings };
}
