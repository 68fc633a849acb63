import { type ReleaseComparison, withoutGaps } from "@hop3/core";
import type { App } from "../db/apps.ts";
import type { Release } from "../db/releases.ts";
import type { Platform } from "../deploy/platform.ts";
import { snapshotPurpose } from "../deploy/process-spec.ts";
import { comparePackages } from "./compare-packages.ts";
import { closureOf, type StoreGraph } from "./graph.ts";
import { nixStateDir, readStore } from "./read-store.ts";

type Parts = Pick<Platform, "vault">;

/** What lies between two Releases of an App, whichever is the older one. */
export async function compareReleases(
  platform: Parts,
  app: App,
  { from, to }: { readonly from: Release; readonly to: Release },
): Promise<ReleaseComparison> {
  const values = [from, to].map((release) => variablesOf(platform, app, release));
  const [before = {}, after = {}] = values;
  return withoutGaps({
    from: from.number,
    to: to.number,
    source: withoutGaps({
      changed: from.sourceHash !== to.sourceHash,
      fromRevision: from.sourceRevision,
      toRevision: to.sourceRevision,
      fromHash: from.sourceHash,
      toHash: to.sourceHash,
    }),
    config: compareNames(before, after),
    settings: compareSettings(describeSettings(from), describeSettings(to)),
    packages: await packagesBetween(from, to),
    fromBytes: from.closure?.bytes,
    toBytes: to.closure?.bytes,
  }) as ReleaseComparison;
}

type Values = Readonly<Record<string, string>>;

/** What its Processes get of hop3.toml and of the stored configuration. The values stay in here. */
function variablesOf({ vault }: Parts, app: App, release: Release): Values {
  const { settings, config } = release;
  const stored =
    config === undefined ? {} : vault.openValues(config, snapshotPurpose(app, release));
  if (settings?.envOverridesConfig === true) return { ...stored, ...settings.env };
  return { ...settings?.env, ...stored };
}

function compareNames(before: Values, after: Values): ReleaseComparison["config"] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return {
    added: names.filter((name) => before[name] === undefined),
    removed: names.filter((name) => after[name] === undefined),
    changed: names.filter((name) => {
      const [old, now] = [before[name], after[name]];
      return old !== undefined && now !== undefined && old !== now;
    }),
  };
}

/** One line for each thing that somebody would look for, by the name it has in hop3.toml. */
function describeSettings({ artifact, settings }: Release): ReadonlyMap<string, string> {
  const lines = new Map<string, string>();
  const put = (name: string, value: unknown): void => {
    if (value !== undefined)
      lines.set(name, typeof value === "string" ? value : JSON.stringify(value));
  };
  for (const [name, { command, ...more }] of Object.entries(artifact?.runtime.workers ?? {})) {
    put(`worker ${name}`, typeof command === "string" ? command : command.join(" "));
    for (const [key, value] of Object.entries(more)) put(`worker ${name} ${key}`, value);
  }
  put("before_run", artifact?.runtime.before_run);
  put("builder", artifact?.builder);
  put("tier", artifact?.provenance.tier);
  put(
    "package set",
    artifact && `${artifact.provenance.package_set} ${artifact.provenance.package_set_pin}`,
  );
  put("healthcheck", settings?.healthcheck);
  put("strategy", settings && (settings.strategy ?? "blue-green"));
  put("domains", settings?.domains);
  put("addons", settings?.addons);
  return lines;
}

function compareSettings(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): ReleaseComparison["settings"] {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => {
      const [from, to] = [before.get(name), after.get(name)];
      return { name, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
    });
}

async function packagesBetween(from: Release, to: Release): Promise<ReleaseComparison["packages"]> {
  const places = [from, to].map(({ artifact }) => artifact);
  const isSame = places[0]?.location === places[1]?.location;
  if (isSame) return comparePackages([], []);
  const outside = places.find((artifact) => artifact?.kind !== "nix");
  if (places.includes(undefined) || outside !== undefined) {
    const note = "Packages are compared between two builds of the nix builder";
    return { ...comparePackages([], []), note };
  }
  const graph = await readStore(nixStateDir);
  const closures = places.map((artifact) => pathsOf(graph, artifact?.location ?? ""));
  const [before, after] = closures;
  if (before === undefined || after === undefined) {
    const gone = before === undefined ? from : to;
    const note = `The closure of release ${gone.number} is not kept any more`;
    return { ...comparePackages([], []), note };
  }
  return comparePackages(before, after);
}

function pathsOf(graph: StoreGraph, location: string): readonly string[] | undefined {
  const root = graph.find(location);
  if (root === undefined) return undefined;
  return closureOf(graph, [root], "runtime").map((path) => graph.paths[path] ?? "");
}
