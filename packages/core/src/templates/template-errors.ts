import { defineError, ExitCode, type Place } from "../errors.ts";

export const templateUnknown = defineError<{
  readonly template: string;
  readonly nearest: readonly string[];
  readonly known: readonly string[];
  readonly place: Place | undefined;
}>({
  code: "TEMPLATE_UNKNOWN",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ template }) => `there is no template '${template}'`,
  hint: ({ nearest, known }) =>
    nearest.length > 0 ? `Did you mean ${nearest.join(" or ")}?` : `Templates: ${known.join(", ")}`,
  place: ({ place }) => place,
});

export const templateKeyForeign = defineError<{
  readonly key: string;
  readonly template: string;
  readonly owners: readonly string[];
  readonly place: Place | undefined;
}>({
  code: "TEMPLATE_KEY_FOREIGN",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ key, template, owners }) =>
    `[nix] ${key} means nothing to the template '${template}'; it belongs to ${owners.join(", ")}`,
  hint: ({ key, owners }) =>
    `Remove ${key}, or set template = "${owners[0] ?? ""}" if that is what the app is`,
  place: ({ place }) => place,
});

export const templateInput = defineError<{
  readonly template: string;
  readonly reason: string;
  readonly hint: string;
  readonly place: Place | undefined;
}>({
  code: "TEMPLATE_INPUT",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ template, reason }) => `template '${template}': ${reason}`,
  hint: ({ hint }) => hint,
  place: ({ place }) => place,
});

export const detectAmbiguous = defineError<{
  readonly candidates: readonly { readonly id: string; readonly reason: string }[];
}>({
  code: "DETECT_AMBIGUOUS",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ candidates }) =>
    `this directory fits several templates: ${candidates.map(({ id }) => id).join(", ")}`,
  hint: ({ candidates }) =>
    `Decide in hop3.toml: [nix] template = ${candidates.map(({ id }) => `"${id}"`).join(" or ")}; a web command in Procfile or [run] start decides too`,
  detail: ({ candidates }) => candidates.map(({ id, reason }) => `${id}  ${reason}`).join("\n"),
});
