import type { CompareContext } from "../lockfile.ts";
import { satisfies } from "./pep440.ts";
import { evaluateMarker, markerEnvironment, parseRequirement, type Requirement } from "./pep508.ts";
import { Pyproject } from "./pyproject-uv.ts";
import type { RequirementEntry } from "./requirement-files.ts";
import { logicalLines, splitHashes } from "./requirement-lines.ts";
import { parseToml } from "./toml.ts";

/** Every dependency of requirements.in or pyproject.toml must be pinned to a version that it allows. */
export function compareRequirements(
  context: CompareContext,
  entries: readonly RequirementEntry[],
): readonly string[] {
  const pinned = new Map(entries.map(({ requirement }) => [requirement.name, requirement]));
  const environment = markerEnvironment(context.target);
  return wantedBy(context)
    .filter(({ marker }) => marker === undefined || evaluateMarker(marker, environment) !== false)
    .flatMap((wanted) => difference(context, wanted, pinned.get(wanted.name)))
    .sort();
}

function wantedBy({ manifest }: CompareContext): readonly Requirement[] {
  const texts = manifest.file.endsWith(".toml")
    ? (parseToml(manifest, Pyproject).project?.dependencies ?? [])
    : logicalLines(manifest.text)
        .filter(({ text }) => !text.startsWith("-"))
        .map(({ text }) => splitHashes(text).requirement);
  return texts.flatMap((text) => parseRequirement(text) ?? []);
}

function difference(
  context: CompareContext,
  wanted: Requirement,
  locked: Requirement | undefined,
): readonly string[] {
  const described = `${wanted.name}${wanted.specifiers === "" ? "" : ` ${wanted.specifiers}`}`;
  if (locked === undefined) return [`${described} is missing in ${context.file}`];
  const version = /^={2,3}(.+)$/.exec(locked.specifiers)?.[1];
  if (version === undefined || satisfies(version, wanted.specifiers) !== false) return [];
  return [
    `${described} in ${context.manifest.file} does not allow the ${version} of ${context.file}`,
  ];
}
