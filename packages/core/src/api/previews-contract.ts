import { z } from "zod";
import { AppName } from "../names.ts";

/** Shapes of /apps/{app}/previews. */

const When = z.iso.datetime();

export const PreviewInfo = z.strictObject({
  /** Name of the app that shows the branch. */
  name: AppName,
  branch: z.string(),
  url: z.string(),
  commit: z.string().optional(),
  pushedAt: When,
  /** Absent: it stays until somebody removes it, or the branch. */
  expiresAt: When.optional(),
  /** What removing it would free: paths that other apps need, too, do not count. */
  extraBytes: z.int(),
});
export type PreviewInfo = z.infer<typeof PreviewInfo>;

export const PreviewInfos = z.strictObject({
  /** Whether the running Release wants previews of other branches. */
  enabled: z.boolean(),
  previews: z.array(PreviewInfo),
});
export type PreviewInfos = z.infer<typeof PreviewInfos>;

/** How long it stays, from now on; null: for good. */
export const PreviewChange = z.strictObject({
  days: z.number().positive().max(3_650).nullable(),
});
export type PreviewChange = z.infer<typeof PreviewChange>;
