import { z } from "zod";

const durationPattern = /^(?=.)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?$/;

/** Seconds of `90`, `"90s"`, `"5m"` or `"1h30m"`; undefined where the text is none of these. */
export function parseDuration(text: string): number | undefined {
  const match = durationPattern.exec(text.trim());
  if (match === null) return undefined;
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  return (days ?? 0) * 86_400 + (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0);
}

const durationText = z.string().regex(durationPattern, {
  error: 'expected seconds as a number, or a text such as "90s", "5m" or "1h30m"',
});

/** A length of time in seconds, or as text with units. */
export const Duration = z.union([
  z.number().min(0),
  durationText.transform((text) => parseDuration(text) ?? 0),
]);
export type Duration = z.infer<typeof Duration>;

/** The same where nothing at all would be no length of time. */
export const PositiveDuration = Duration.refine((seconds) => seconds > 0, {
  error: "expected more than 0 seconds",
});

/** Adds what the reference page and an editor show for a key. */
export function explain<Schema extends z.ZodType>(
  schema: Schema,
  description: string,
  fallback?: unknown,
): Schema {
  return schema.meta(fallback === undefined ? { description } : { description, default: fallback });
}

/** What a key means where no file sets it. */
export const configDefaults = {
  nixFile: "hop3.nix",
  pure: true,
  buildTimeout: 1800,
  maxSilentTime: 300,
  startTimeout: 60,
  beforeRunTimeout: 600,
  drainTimeout: 30,
  keep: 10,
  strategy: "blue-green",
  canaryShare: 10,
  canaryTime: 60,
  policy: "keep-existing",
} as const;

/** How a list or table of a file meets what was set by hand before. */
export const MergePolicy = z.enum(["keep-existing", "override"]);
export type MergePolicy = z.infer<typeof MergePolicy>;

/** A value made once by the server and kept. */
export const Generated = z.strictObject({
  generate: explain(z.enum(["hex", "base64", "urlsafe", "password", "uuid"]), "Kind of value"),
  length: explain(
    z.int().min(8).max(1024).optional(),
    "Bytes of randomness, or characters of a password",
  ),
  prefix: explain(z.string().optional(), "Text that goes before the value"),
});
export type Generated = z.infer<typeof Generated>;
