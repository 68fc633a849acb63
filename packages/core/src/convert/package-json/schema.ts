import { z } from "zod";

const text = z.string();

/** What a package.json says about running the app. Every other tool keeps keys of its own in it. */
export const PackageJson = z.looseObject({
  name: text.optional(),
  version: text.optional(),
  description: text.optional(),
  homepage: text.optional(),
  license: z.union([text, z.looseObject({ type: text.optional() })]).optional(),
  author: z.union([text, z.looseObject({ name: text.optional() })]).optional(),
  keywords: z.array(text).optional(),
  main: text.optional(),
  scripts: z.record(text, text).optional(),
  engines: z.union([z.record(text, text), z.array(text)]).optional(),
  packageManager: text.optional(),
  workspaces: z.unknown().optional(),
});
export type PackageJson = z.infer<typeof PackageJson>;
