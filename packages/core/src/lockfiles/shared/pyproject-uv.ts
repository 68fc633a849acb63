import { z } from "zod";
import type { CompareContext } from "../lockfile.ts";
import { compareMaps } from "./npm.ts";
import { normalizePythonName, parseRequirement } from "./pep508.ts";
import { parseToml } from "./toml.ts";
import type { UvPackage, Wanted } from "./uv-graph.ts";

const Groups = z.record(z.string(), z.array(z.unknown()));

/** The parts of pyproject.toml that decide what is installed. */
export const Pyproject = z.object({
  project: z
    .object({
      "requires-python": z.string().optional(),
      dependencies: z.array(z.string()).default([]),
      "optional-dependencies": z.record(z.string(), z.array(z.string())).default({}),
    })
    .optional(),
  "dependency-groups": Groups.default({}),
  tool: z
    .object({ uv: z.object({ "dev-dependencies": z.array(z.string()).optional() }).optional() })
    .optional(),
});
export type Pyproject = z.infer<typeof Pyproject>;

/** Differences between pyproject.toml and what uv noted about it in its lockfile. */
export function comparePyproject(
  context: CompareContext,
  root: UvPackage,
  requiresPython: string | undefined,
): readonly string[] {
  const manifest = parseToml(context.manifest, Pyproject);
  const names = { manifest: context.manifest.file, lockfile: context.file };
  const project = manifest.project;
  const extras = Object.entries(project?.["optional-dependencies"] ?? {}).flatMap(([extra, list]) =>
    list.map((text) => ({ text, extra })),
  );
  const wanted = [...(project?.dependencies ?? []).map((text) => ({ text })), ...extras];
  return [
    ...comparePython(project?.["requires-python"], requiresPython),
    ...compareMaps(
      keyed(wanted.map(({ text, ...rest }) => describeText(text, rest))),
      keyed((root.metadata?.["requires-dist"] ?? []).map(describeLocked)),
      names,
    ),
    ...compareMaps(
      keyed(groupTexts(manifest).map((text) => describeText(text, {}))),
      keyed(
        Object.values(root.metadata?.["requires-dev"] ?? {})
          .flat()
          .map(describeLocked),
      ),
      names,
    ),
  ];
}

function comparePython(wanted: string | undefined, locked: string | undefined): readonly string[] {
  if (wanted === undefined || locked === undefined || sortParts(wanted) === sortParts(locked))
    return [];
  return [`requires-python is ${wanted} in pyproject.toml, ${locked} in uv.lock`];
}

interface Described {
  readonly name: string;
  readonly specifier: string;
}

/** Strings of all groups; `{include-group = …}` names a group that is listed itself. */
function groupTexts(manifest: Pyproject): readonly string[] {
  const groups = Object.values(manifest["dependency-groups"]).flat();
  const texts = groups.filter((item) => typeof item === "string");
  return [...texts, ...(manifest.tool?.uv?.["dev-dependencies"] ?? [])];
}

function describeText(text: string, { extra }: { extra?: string }): Described {
  const requirement = parseRequirement(text);
  if (requirement === undefined) return { name: text, specifier: "any version" };
  const { name, extras, specifiers } = requirement;
  return describe({ name, extras, specifiers, extra });
}

function describeLocked({ name, specifier, extras, marker }: Wanted): Described {
  const extra = /extra == ['"]([^'"]+)['"]/.exec(marker ?? "")?.[1];
  return describe({ name, extras: extras ?? [], specifiers: specifier ?? "", extra });
}

function describe(item: {
  readonly name: string;
  readonly extras: readonly string[];
  readonly specifiers: string;
  readonly extra: string | undefined;
}): Described {
  const extras = item.extras.length === 0 ? "" : `[${[...item.extras].sort().join(",")}]`;
  const forExtra = item.extra === undefined ? "" : ` (extra ${normalizePythonName(item.extra)})`;
  const specifier = sortParts(item.specifiers) || "any version";
  return { name: `${normalizePythonName(item.name)}${extras}${forExtra}`, specifier };
}

function sortParts(specifiers: string): string {
  return specifiers
    .split(",")
    .map((part) => part.replace(/\s+/g, ""))
    .filter(Boolean)
    .sort()
    .join(",");
}

/** One name may stand there several times, with different markers. */
function keyed(items: readonly Described[]): Readonly<Record<string, string>> {
  const groups = Map.groupBy(items, ({ name }) => name);
  return Object.fromEntries(
    [...groups].map(([name, list]) => [
      name,
      [...new Set(list.map(({ specifier }) => specifier))].sort().join(" or "),
    ]),
  );
}
