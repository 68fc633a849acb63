import { z } from "zod";
import { dropped } from "../check-document.ts";

const text = z.string();

const Variable = z.strictObject({
  description: text.optional(),
  value: z.union([text, z.number(), z.boolean()]).optional(),
  required: z.boolean().optional(),
  generator: text.optional(),
});

const AddonTable = z.strictObject({
  plan: text,
  as: text.optional(),
  options: z.strictObject({ version: z.union([text, z.number()]).optional() }).optional(),
});

const Formation = z.strictObject({
  quantity: z.int().min(0).optional(),
  size: dropped("Hop3 has no sizes; [limits] says what a process may use"),
});

/** `app.json` as Heroku documents it. */
export const AppJson = z.strictObject({
  $schema: z.unknown().optional(),
  name: text.optional(),
  description: text.optional(),
  website: text.optional(),
  repository: text.optional(),
  keywords: z.array(text).optional(),
  logo: dropped("the catalogue has no pictures"),
  success_url: dropped("hop3 url says where the app answers"),
  env: z.record(text, z.union([text, z.number(), z.boolean(), Variable])).optional(),
  addons: z.array(z.union([text, AddonTable])).optional(),
  scripts: z
    .strictObject({
      postdeploy: z
        .union([text, z.strictObject({ command: text, size: dropped("Hop3 has no sizes") })])
        .optional(),
      "pr-predestroy": dropped("there is no command for the end of an app"),
      test: dropped("tests run where the app is developed, not at a deploy"),
      "test-setup": dropped("tests run where the app is developed, not at a deploy"),
    })
    .optional(),
  formation: z.record(text, Formation).optional(),
  buildpacks: z.array(z.union([z.strictObject({ url: text }), text])).optional(),
  stack: text.optional(),
  image: dropped("Hop3 builds the app from its source"),
  environments: dropped("Hop3 reads the outer part of app.json only; [contexts] is for variants"),
});
export type AppJson = z.infer<typeof AppJson>;

export type Variable = z.infer<typeof Variable>;
