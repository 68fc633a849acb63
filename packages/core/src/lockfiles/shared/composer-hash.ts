import { z } from "zod";
import type { Digest } from "../lockfile.ts";
import { parseJson } from "./json.ts";

const relevantKeys = [
  "conflict",
  "extra",
  "minimum-stability",
  "name",
  "prefer-stable",
  "provide",
  "replace",
  "repositories",
  "require",
  "require-dev",
  "version",
];

const Manifest = z.record(z.string(), z.unknown());

/** What Composer writes into `content-hash` for this composer.json. */
export function composerContentHash(
  manifest: { readonly file: string; readonly text: string },
  digest: Digest,
): string {
  const content = parseJson(manifest, Manifest);
  const relevant = relevantKeys.filter((key) => content[key] !== undefined);
  const platform = platformOf(content["config"]);
  const entries = [
    ...relevant.map((key) => [key, content[key]] as const),
    ...(platform === undefined ? [] : [["config", { platform }] as const]),
  ].sort(([a], [b]) => (a < b ? -1 : 1));
  return digest("md5", phpJson(Object.fromEntries(entries)));
}

function platformOf(config: unknown): unknown {
  const parsed = z.object({ platform: z.unknown() }).safeParse(config);
  return parsed.success ? (parsed.data.platform ?? undefined) : undefined;
}

/** JSON as PHP's json_encode spells it: ASCII alone, slashes escaped, an empty object is a list to PHP. */
export function phpJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(phpJson).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value);
    if (entries.every(([key], index) => key === String(index))) {
      return `[${entries.map(([, item]) => phpJson(item)).join(",")}]`;
    }
    return `{${entries.map(([key, item]) => `${phpText(key)}:${phpJson(item)}`).join(",")}}`;
  }
  return typeof value === "string" ? phpText(value) : JSON.stringify(value ?? null);
}

function phpText(text: string): string {
  return JSON.stringify(text)
    .replaceAll("/", "\\/")
    .replace(
      /[\u0080-\uffff]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
}
