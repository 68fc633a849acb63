import { z } from "zod";

/** What a template found in a tree. */
export const TemplateAnswer = z.strictObject({
  template: z.string(),
  fits: z.boolean(),
  reason: z.string(),
});
export type TemplateAnswer = z.infer<typeof TemplateAnswer>;
