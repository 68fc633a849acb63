import { defineError, ExitCode, nearest } from "@hop3/core";

export const initExists = defineError<{ file: string }>({
  code: "INIT_EXISTS",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ file }) => `there is a ${file} already`,
  hint: () => "See what would be written with hop3 init --print, or replace the file with --force",
  place: ({ file }) => ({ file }),
});

export const initNothing = defineError<{
  directory: string;
  kind: string | undefined;
  files: readonly string[];
}>({
  code: "INIT_NOTHING_FOUND",
  exitCode: ExitCode.notFound,
  status: 404,
  message: ({ directory, kind }) =>
    `${directory} has no file ${kind === undefined ? "that hop3 init can read" : `of the kind ${kind}`}`,
  hint: ({ files }) =>
    `hop3 init reads ${files.join(", ")}. Without any of them an app needs no hop3.toml: hop3 plan says what a deploy would do, docs/guides/first-app.md starts from nothing`,
});

export const initUnknownKind = defineError<{ kind: string; known: readonly string[] }>({
  code: "INIT_UNKNOWN_KIND",
  exitCode: ExitCode.usage,
  status: 400,
  message: ({ kind }) => `'${kind}' is no kind of file that hop3 init reads`,
  hint: ({ kind, known }) => {
    const [guess] = nearest(kind, known);
    const help = guess === undefined ? "" : `Did you mean ${guess}? `;
    return `${help}Known are ${known.join(", ")}`;
  },
});
