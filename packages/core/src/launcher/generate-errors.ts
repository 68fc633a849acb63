import { defineError, ExitCode, type Place } from "../errors.ts";

interface TextFault {
  /** Where it stands, as users write it: `[nix.env-exports] PORT`. */
  readonly key: string;
  readonly place: Place | undefined;
}

export const recipeReferenceUnknown = defineError<
  TextFault & { readonly reference: string; readonly known: readonly string[] }
>({
  code: "RECIPE_REFERENCE_UNKNOWN",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ key, reference }) => `${key} refers to '${reference}', which nothing defines`,
  hint: ({ known }) =>
    `Known here: ${known.join(", ")}; [nix.let-extra] adds more; run-time variables are written in capitals`,
  place: ({ place }) => place,
});

export const recipeTextInvalid = defineError<
  TextFault & { readonly reason: string; readonly hint: string }
>({
  code: "RECIPE_TEXT_INVALID",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ key, reason }) => `${key}: ${reason}`,
  hint: ({ hint }) => hint,
  place: ({ place }) => place,
});
