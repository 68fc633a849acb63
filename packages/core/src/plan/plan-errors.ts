import { defineError, ExitCode, type Place } from "../errors.ts";
import type { BuilderAnswer } from "./plan.ts";

export const planNoBuilder = defineError<{ answers: readonly BuilderAnswer[]; hint: string }>({
  code: "PLAN_NO_BUILDER",
  exitCode: ExitCode.failure,
  status: 422,
  message: ({ answers }) => {
    const reasons = answers.map(({ builder, reason }) => `${builder}: ${reason}`);
    return `no builder can build this app (${reasons.join("; ")})`;
  },
  hint: ({ hint }) => hint,
  detail: ({ answers }) => answers.map(({ builder, reason }) => `${builder}  ${reason}`).join("\n"),
});

export const builderUnavailable = defineError<{ builder: string; place: Place | undefined }>({
  code: "BUILDER_UNAVAILABLE",
  exitCode: ExitCode.failure,
  status: 422,
  message: ({ builder }) => `the builder '${builder}' is not available in this version`,
  hint: () => 'Write a hop3.nix and set [build] method = "nix"; docs/guides/first-app.md shows one',
  place: ({ place }) => place,
});

export const nixFileAndTemplate = defineError<{
  file: string;
  template: string;
  place: Place | undefined;
}>({
  code: "NIX_FILE_AND_TEMPLATE",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ file, template }) =>
    `there is a ${file}, and hop3.toml asks for the template '${template}' to write one`,
  hint: ({ file }) =>
    `Remove [nix] template from hop3.toml to build your own ${file}, or remove ${file} to use the template`,
  place: ({ place }) => place,
});

export const policyImpure = defineError<{ place: Place | undefined }>({
  code: "POLICY_IMPURE",
  exitCode: ExitCode.notAllowed,
  status: 403,
  message: () => "[build.nix] pure = false is not allowed on this server",
  hint: () =>
    "Remove the line, so that the build sees the Source and the package set alone, or ask the operator to allow it",
  place: ({ place }) => place,
});

export const pinHalf = defineError<{ given: string; lacking: string; place: Place | undefined }>({
  code: "NIXPKGS_PIN_HALF",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ given, lacking }) => `[nix] ${given} without ${lacking} is half a pin`,
  hint: ({ given, lacking }) =>
    `Add ${lacking}, or remove ${given} to use the server's package set`,
  place: ({ place }) => place,
});
