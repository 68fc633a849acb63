import type {
  CompareContext,
  LocalPackage,
  LockfileKind,
  RawLockfile,
  RawPackage,
  ReadContext,
} from "../lockfile.ts";
import { lockfileSyntax, lockfileUnsupportedSource, lockfileVersion } from "../lockfile-errors.ts";
import { outsideApp, unsupportedGit } from "../shared/entry-problems.ts";
import { developmentGems } from "../shared/gem-groups.ts";
import { rankGemPlatform } from "../shared/gem-platform.ts";
import {
  directGems,
  fieldOf,
  type GemSection,
  type GemSpec,
  parseGemSections,
  parseSpec,
  specLines,
} from "../shared/gem-sections.ts";
import { compareGemfile } from "../shared/gemfile.ts";
import { gitSource } from "../shared/npm.ts";
import { insidePath } from "../shared/safe.ts";

/** Gemfile.lock of Bundler 2, with or without its CHECKSUMS section. */
export const gemfileLock: LockfileKind = {
  name: "gemfile-lock",
  registry: "rubygems",
  files: ["Gemfile.lock", "gems.locked"],
  manifests: ["Gemfile", "gems.rb"],
  refresh: "bundle lock --add-checksums",
  read,
  compare,
};

function read(context: ReadContext): RawLockfile {
  const sections = parseGemSections(context.file, context.text);
  refuseOld(context, sections);
  const checksums = readChecksums(context, sections);
  const found: RawPackage[] = [];
  const local: LocalPackage[] = [];
  for (const section of sections) {
    if (section.name === "PATH") local.push(...readPath(context, section));
    if (section.name === "GIT") found.push(...readGit(context, section));
    if (section.name === "GEM") found.push(...readGems(context, section, checksums));
  }
  const needsOf = new Map(
    sections.flatMap(specLines).map(({ text, needs }) => [text.replace(/ .*$/, ""), needs]),
  );
  const development = developmentGems(context.options.manifest, directGems(sections), needsOf);
  const packages = found.map((item) => ({ ...item, dev: development.has(item.name) }));
  return { version: bundlerVersion(sections), packages, local };
}

function bundlerVersion(sections: readonly GemSection[]): string {
  return sections.find(({ name }) => name === "BUNDLED WITH")?.lines[0]?.text ?? "2";
}

function refuseOld(context: ReadContext, sections: readonly GemSection[]): void {
  const version = bundlerVersion(sections);
  const isKnown = sections.some(({ name }) => name === "GEM" || name === "PATH" || name === "GIT");
  if (/^[2-9]/.test(version) && isKnown) return;
  throw lockfileVersion({
    place: context.placeOf("BUNDLED WITH"),
    found: isKnown ? version : "none: no GEM section",
    known: "those of Bundler 2 and later",
    refresh: "bundle update --bundler, then bundle lock --add-checksums",
  });
}

function idOf({ name, version, platform }: GemSpec): string {
  return `${name} ${version} ${platform}`;
}

/** `  rails (7.1.3) sha256=…` */
function readChecksums(
  context: ReadContext,
  sections: readonly GemSection[],
): ReadonlyMap<string, readonly string[]> {
  const lines = sections.filter(({ name }) => name === "CHECKSUMS").flatMap(({ lines }) => lines);
  return new Map(
    lines.map(({ text, line }) => {
      const spec = parseSpec(text);
      if (spec === undefined) throw badLine(context, line);
      return [idOf(spec), spec.rest.split(/[\s,]+/).filter(Boolean)] as const;
    }),
  );
}

function badLine(context: ReadContext, line: number) {
  const problem = "a gem and its version in brackets are expected";
  return lockfileSyntax({ place: { file: context.file, line, column: 1 }, problem });
}

function readSpecs(
  context: ReadContext,
  section: GemSection,
): readonly (GemSpec & { readonly needs: readonly string[] })[] {
  return specLines(section).map(({ text, line, needs }) => {
    const spec = parseSpec(text);
    if (spec === undefined) throw badLine(context, line);
    return { ...spec, needs };
  });
}

function readPath(context: ReadContext, section: GemSection): readonly LocalPackage[] {
  const remote = fieldOf(section, "remote") ?? "";
  const path = insidePath(remote);
  return readSpecs(context, section).map(({ name, version }) => {
    if (path === undefined) throw outsideApp(context, name, remote);
    return { name, version, path };
  });
}

function readGit(context: ReadContext, section: GemSection): readonly RawPackage[] {
  const text = `${fieldOf(section, "remote") ?? ""}#${fieldOf(section, "revision") ?? ""}`;
  const source = gitSource(text);
  return readSpecs(context, section).map(({ name, version }) => {
    if (source === undefined) throw unsupportedGit(context, name, text);
    return { name, version, source, rawHashes: [], dev: false, optional: false, needle: name };
  });
}

/** A gem with variants for several systems counts once: the best for the target. */
function readGems(
  context: ReadContext,
  section: GemSection,
  checksums: ReadonlyMap<string, readonly string[]>,
): readonly RawPackage[] {
  const groups = Map.groupBy(
    readSpecs(context, section),
    ({ name, version }) => `${name} ${version}`,
  );
  return [...groups.values()].map((variants) => {
    const spec = bestVariant(context, variants);
    const suffix = spec.platform === "ruby" ? "" : `-${spec.platform}`;
    const fileName = `${spec.name}-${spec.version}${suffix}.gem`;
    const remote = fieldOf(section, "remote");
    return {
      name: spec.name,
      version: spec.version,
      source: { kind: "registry", registry: "rubygems", fileName },
      url: remote === undefined ? undefined : `${remote.replace(/\/+$/, "")}/gems/${fileName}`,
      rawHashes: checksums.get(idOf(spec)) ?? [],
      unhashedBecause: checksums.size === 0 ? "the file has no CHECKSUMS section" : undefined,
      dev: false,
      optional: false,
      needle: `${spec.name} (${spec.version}`,
      needs: spec.needs,
      platform: spec.platform === "ruby" ? undefined : spec.platform,
    };
  });
}

function bestVariant<Spec extends GemSpec>(context: ReadContext, variants: readonly Spec[]): Spec {
  const ranked = variants
    .flatMap((spec) => {
      const rank = rankGemPlatform(spec.platform, context.target);
      return rank === undefined ? [] : [{ spec, rank }];
    })
    .sort((a, b) => a.rank - b.rank);
  const best = ranked[0]?.spec;
  if (best !== undefined) return best;
  const name = variants[0]?.name ?? "";
  throw lockfileUnsupportedSource({
    place: context.placeOf(`${name} (`),
    name,
    source: `gems for ${variants.map(({ platform }) => platform).join(", ")} alone`,
    hint: "Add the platform: bundle lock --add-platform x86_64-linux ruby",
  });
}

function compare(context: CompareContext): readonly string[] {
  const sections = parseGemSections(context.file, context.text);
  const lines = sections
    .filter(({ name }) => name === "DEPENDENCIES")
    .flatMap(({ lines }) => lines);
  return compareGemfile(
    context,
    lines.map(({ text }) => text),
  );
}
