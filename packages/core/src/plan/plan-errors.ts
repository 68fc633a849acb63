import type { Tier } from "../artifact/build-artifact.ts";
import { defineError, ExitCode, type Place } from "../errors.ts";
import { describeAnswers } from "./describe-answers.ts";
import type { BuilderAnswer } from "./plan.ts";

export const planNoBuilder = defineError<{
  /** Those that could have been chosen. */
  asked: readonly BuilderAnswer[];
  answers: readonly BuilderAnswer[];
  hint: string;
  /** Where hop3.toml names one. */
  place?: Place | undefined;
}>({
  code: "PLAN_NO_BUILDER",
  exitCode: ExitCode.failure,
  status: 422,
  message: ({ asked }) => {
    const reasons = asked.map(({ builder, reason }) => `${builder}: ${reason}`);
    return `no builder can build this app (${reasons.join("; ")})`;
  },
  hint: ({ hint }) => hint,
  place: ({ place }) => place,
  detail: ({ answers }) => describeAnswers(answers).join("\n"),
});

export const builderUnavailable = defineError<{
  builder: string;
  known: readonly string[];
  nearest: readonly string[];
  place: Place | undefined;
}>({
  code: "BUILDER_UNAVAILABLE",
  exitCode: ExitCode.failure,
  status: 422,
  message: ({ builder }) => `there is no builder '${builder}'`,
  hint: ({ known, nearest: [near] }) => {
    const guess = near === undefined ? "" : `Did you mean ${near}? `;
    return `${guess}This server has ${known.join(", ")}; a plug-in can add others (hop3 plugins list)`;
  },
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

export const policyTier = defineError<{
  tier: Tier;
  required: Tier;
  because: string;
  hint: string;
  place: Place | undefined;
}>({
  code: "POLICY_TIER",
  exitCode: ExitCode.notAllowed,
  status: 403,
  message: ({ tier, required, because }) =>
    `this server takes apps of the tier '${required}' or better, and this one is '${tier}': ${because}`,
  hint: ({ hint }) => hint,
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
