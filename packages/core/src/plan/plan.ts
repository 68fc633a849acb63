import { z } from "zod";
import { Tier } from "../artifact/build-artifact.ts";
import { TemplateAnswer } from "../templates/answer.ts";
import { LocalPlan } from "./local-plan.ts";

/** Where a value of the Plan came from, for `hop3 plan`. */
export const Origin = z.enum([
  "hop3.toml",
  "Procfile",
  "app.json",
  "hop3.nix",
  "detected",
  "default",
  "policy",
]);
export type Origin = z.infer<typeof Origin>;

/** One thing that an answer was made of: a file, a template, a toolchain. */
export const Considered = z.strictObject({
  name: z.string(),
  fits: z.boolean(),
  reason: z.string(),
});
export type Considered = z.infer<typeof Considered>;

export const BuilderAnswer = z.strictObject({
  builder: z.string(),
  accepted: z.boolean(),
  reason: z.string(),
  /** What it looked at, in that order. */
  considered: z.array(Considered).readonly(),
});
export type BuilderAnswer = z.infer<typeof BuilderAnswer>;

/** A revision of nixpkgs and the hash of its unpacked tree. */
export const NixpkgsPin = z.strictObject({ rev: z.string(), sha256: z.string() });
export type NixpkgsPin = z.infer<typeof NixpkgsPin>;

/** What will be done with a Source: pure, printable, without side effect. */
export const Plan = z.strictObject({
  schema: z.literal(1),
  builder: z.string(),
  reason: z.string(),
  /** What settled it: a line of hop3.toml, or the order in which the builders were asked. */
  decided: z.string(),
  /** Every builder's answer, in the order in which they were asked. */
  answers: z.array(BuilderAnswer),
  /** What the templates that found something in the tree say; empty where none was looked for. */
  templates: z.array(TemplateAnswer),
  tier: Tier,
  nix: z.strictObject({
    /** Relative to the root of the app. */
    file: z.string(),
    /** The template that writes the file; absent where the project has its own. */
    template: z.string().optional(),
    /** The revision of nixpkgs that this App asks for, with the hash of its tree. */
    pin: NixpkgsPin.optional(),
    pure: z.boolean(),
    timeoutSeconds: z.int(),
    maxSilentSeconds: z.int(),
  }),
  local: LocalPlan.optional(),
  packageSet: z.string().optional(),
  /** Known before the evaluation only from Procfile and hop3.toml. */
  workers: z.record(z.string(), z.strictObject({ command: z.string(), origin: Origin })),
  /** Merged settings with their origin, keyed by `section.key`. */
  settings: z.record(z.string(), z.strictObject({ value: z.json(), origin: Origin })),
  warnings: z.array(z.string()),
});
export type Plan = z.infer<typeof Plan>;
