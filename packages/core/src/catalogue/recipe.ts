import { z } from "zod";
import { Generated } from "../config/values.ts";
import { AppName, VariableName } from "../names.ts";

const line = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\u2028\u2029]+$/u, {
    error: "has to be one line",
  });

/** What kind of answer an input wants; a form shows each with a field of its own. */
export const InputType = z.enum([
  "text",
  "password",
  "email",
  "number",
  "size",
  "choice",
  "boolean",
  "domain",
]);
export type InputType = z.infer<typeof InputType>;

export const InputName = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, {
  error: "cannot be the name of an input: lower case letters, digits and underscores",
});

/** An answer as it is written in recipes and sent by clients. */
export const InputValue = z.union([z.string().max(16_384), z.number(), z.boolean()]);
export type InputValue = z.infer<typeof InputValue>;

/** One question of a recipe, and what its answer sets: a variable, a key of hop3.toml, or both. */
export const RecipeInput = z
  .strictObject({
    name: InputName,
    label: line,
    type: InputType.default("text"),
    help: z.string().max(400).optional(),
    required: z.boolean().default(false),
    default: InputValue.optional(),
    /** Made by the server where nothing is answered; it is stored and stays. */
    generate: Generated.shape.generate.optional(),
    length: Generated.shape.length,
    choices: z.array(line).min(2).max(50).optional(),
    min: z.number().optional(),
    max: z.number().optional(),
    env: VariableName.optional(),
    /** `limits.memory`: a key of hop3.toml. Beside it `env` keeps the answer for the next version of the recipe. */
    config: z
      .string()
      .regex(/^[a-z][a-z0-9-]*(?:\.[a-zA-Z0-9_-]+)+$/, "expected a key such as limits.memory")
      .optional(),
  })
  .refine(({ env, config }) => env !== undefined || config !== undefined, {
    error: "sets neither a variable (env) nor a key of hop3.toml (config)",
  })
  .refine(({ type, config }) => type !== "password" || config === undefined, {
    error: "a password cannot go into hop3.toml, which everybody on the server may read",
  })
  .refine(
    ({ type, env, config }) => config === undefined || env !== undefined || type === "domain",
    {
      error: "sets a key of hop3.toml and needs a variable (env) as well, which keeps the answer",
    },
  )
  .refine(({ type, choices }) => (type === "choice") === (choices !== undefined), {
    error: "choices belong to the type choice, and only to it",
  })
  .refine(({ generate, env }) => generate === undefined || env !== undefined, {
    error: "what is generated has to go into a variable (env)",
  });
export type RecipeInput = z.infer<typeof RecipeInput>;

/** recipe.toml: what people read before they install, and what they are asked. hop3.toml beside it says how. */
export const RecipeFile = z
  .strictObject({
    title: line,
    summary: line,
    description: z.string().trim().min(1).max(4000),
    version: line,
    categories: z
      .array(z.string().regex(/^[a-z][a-z0-9-]{1,30}$/))
      .min(1)
      .max(5),
    homepage: z.url({ protocol: /^https$/ }),
    license: line,
    /** What to do after the first start, such as where to sign in. */
    after: z.string().trim().max(1000).optional(),
    inputs: z.array(RecipeInput).max(30).default([]),
  })
  .refine(({ inputs }) => new Set(inputs.map(({ name }) => name)).size === inputs.length, {
    error: "two inputs have the same name",
    path: ["inputs"],
  });
export type RecipeFile = z.infer<typeof RecipeFile>;

/** Name of a recipe: a directory of the catalogue, and the suggestion for the app's name. */
export const RecipeId = AppName;
export type RecipeId = z.infer<typeof RecipeId>;

/** A recipe that was read: its sheet and the text of its hop3.toml. */
export interface Recipe {
  readonly id: RecipeId;
  readonly sheet: RecipeFile;
  readonly config: string;
}
