import { defineError, ExitCode } from "@hop3/core";

export const catalogueIndexInvalid = defineError<{ directory: string; reason: string }>({
  code: "CATALOGUE_INDEX_INVALID",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ directory, reason }) => `no index can be made of ${directory}: ${reason}`,
  hint: () => "Nothing was written; docs/guides/catalogue.md says what a catalogue is",
});

export const catalogueKeyInvalid = defineError<{ file: string }>({
  code: "CATALOGUE_KEY_INVALID",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ file }) => `${file} is not a private ed25519 key in PEM form`,
  hint: () => "Nothing was written. Name a file that is not there yet: a key is made",
});
