import type { NixSection } from "../config/nix-section.ts";
import type { KeyPath } from "../config/positions.ts";
import type { ConfigFile } from "../config/schema.ts";
import { defineError, ExitCode, formatPlace, type Place } from "../errors.ts";

/** Something of a foreign file that hop3.toml cannot say, or says differently. */
export interface ConversionWarning {
  readonly message: string;
  readonly place: Place;
  readonly reason: string;
}

/** What a converter read and used, for the list that `hop3 init` shows. */
export interface ConversionFact {
  readonly what: string;
  readonly value: string;
  readonly place: Place;
}

/** What a file tells about the kind of app. Detection and `hop3 init` may use it; a deploy does not. */
export interface ConversionHints {
  /** Language toolchain of the local builder. */
  readonly toolchain?: string | undefined;
  /** A template, and those of its inputs that the file names. */
  readonly nix?: NixSection | undefined;
  /** Port that the app was listening on. */
  readonly port?: number | undefined;
}

/** A foreign file as hop3.toml would say it. */
export interface Conversion {
  readonly file: string;
  readonly config: ConfigFile;
  readonly warnings: readonly ConversionWarning[];
  readonly facts: readonly ConversionFact[];
  readonly hints: ConversionHints;
}

/** One file to convert, and the directory around it. */
export interface ConverterInput {
  readonly text: string;
  readonly file: string;
  /** True where the app has this file, relative to its root. */
  readonly has: (path: string) => boolean;
}

/** One kind of foreign file. All converters have this shape, and all are in registry.ts. */
export interface Converter {
  readonly id: string;
  /** What people call it. */
  readonly title: string;
  /** Names of the file in the root of an app; the first that is there counts. */
  readonly files: readonly string[];
  /** True where a deploy applies the file by itself; the others wait for `hop3 init`. */
  readonly isImplicit: boolean;
  convert(input: ConverterInput): Conversion;
}

/** A mistake in a foreign file. */
export interface ConversionProblem {
  readonly message: string;
  readonly place: Place;
}

export const convertInvalid = defineError<{ problems: readonly ConversionProblem[] }>({
  code: "CONVERT_INVALID",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ problems }) => {
    const [first, ...rest] = problems;
    if (first === undefined) return "the file is not valid";
    const others = rest.length === 1 ? "1 more error" : `${rest.length} more errors`;
    return `${formatPlace(first.place)}: ${first.message}${rest.length === 0 ? "" : ` (and ${others})`}`;
  },
  hint: ({ problems }) => {
    const file = problems[0]?.place.file ?? "the file";
    return `Correct ${file}, or leave it out: list ${file} in .hop3ignore and write hop3.toml by hand`;
  },
  place: ({ problems }) => problems[0]?.place,
  detail: ({ problems }) =>
    problems.map(({ place, message }) => `${formatPlace(place)} ${message}`).join("\n"),
});

/** A parsed file that knows where each of its values stands. */
export interface LocatedDocument {
  readonly file: string;
  readonly value: unknown;
  /** The place of this value, or of the nearest thing around it. */
  placeOf(path: KeyPath): Place;
}

/** `Dockerfile:3:1 USER app is not carried over: …`, one line. */
export function formatWarning({ message, place, reason }: ConversionWarning): string {
  return `${formatPlace(place)} ${message}: ${reason}`;
}
