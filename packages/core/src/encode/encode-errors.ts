import { defineError, ExitCode } from "../errors.ts";

/** A value that has no faithful spelling in the language it was to be written in. */
export const encodeImpossible = defineError<{ target: string; what: string; value: string }>({
  code: "ENCODE_IMPOSSIBLE",
  exitCode: ExitCode.failure,
  status: 422,
  message: ({ target, what, value }) => `${target} cannot hold ${what}: ${excerpt(value)}`,
  hint: ({ what }) => `Remove ${what} from the value, or store it encoded (for example as base64)`,
});

const EXCERPT_LENGTH = 40;

function excerpt(value: string): string {
  const characters = [...value.toWellFormed()];
  const cut = characters.length > EXCERPT_LENGTH;
  return JSON.stringify(characters.slice(0, EXCERPT_LENGTH).join("")) + (cut ? "…" : "");
}
