import { z } from "zod";
import type { Digest } from "../lockfile.ts";
import { parseToml } from "./toml.ts";

const Table = z.record(z.string(), z.unknown());

const Manifest = z.object({
  project: Table.optional(),
  "dependency-groups": Table.optional(),
  tool: z.object({ poetry: Table.optional() }).optional(),
});

const legacyKeys = ["dependencies", "source", "extras", "dev-dependencies"];
const projectKeys = ["requires-python", "dependencies", "optional-dependencies"];

/**
 * What Poetry writes into `content-hash` for this pyproject.toml. Its versions do not agree on what
 * belongs to it, so there are several answers; the newest comes first.
 */
export function poetryContentHashes(
  manifest: { readonly file: string; readonly text: string },
  digest: Digest,
): readonly string[] {
  const content = parseToml(manifest, Manifest);
  const poetry = content.tool?.poetry ?? {};
  const project = pick(content.project ?? {}, projectKeys);
  const groups = content["dependency-groups"];
  const hasProject = Object.keys(project).length > 0;
  const legacy = {
    ...Object.fromEntries(legacyKeys.map((key) => [key, poetry[key] ?? null])),
    ...pick(poetry, ["group"]),
  };
  const modern = { project, tool: { poetry: pick(poetry, [...legacyKeys, "group"]) } };
  const base = hasProject ? modern : legacy;
  const withGroups =
    groups === undefined
      ? []
      : [
          { ...base, "dependency-groups": groups },
          { ...modern, "dependency-groups": groups },
        ];
  return [...withGroups, base].map((value) => digest("sha256", pythonJson(value)));
}

function pick(table: Readonly<Record<string, unknown>>, keys: readonly string[]) {
  return Object.fromEntries(
    keys.filter((key) => table[key] !== undefined).map((key) => [key, table[key]]),
  );
}

/** JSON as Python's json.dumps(sort_keys=True) spells it: blanks behind , and :, ASCII alone. */
export function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${pythonText(key)}: ${pythonJson(item)}`).join(", ")}}`;
  }
  return typeof value === "string" ? pythonText(value) : JSON.stringify(value ?? null);
}

function pythonText(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
