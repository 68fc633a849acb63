import type { LockedLink, LockedPlace } from "../lockfile.ts";
import type { Importer, Snapshot } from "./pnpm-graph.ts";
import { insidePath } from "./safe.ts";

interface LayoutRequest {
  readonly importers: Readonly<Record<string, Importer>>;
  /** Those that are installed: `name@1.0.0(peer@2.0.0)`, or `/name@…` in version 6. */
  readonly snapshots: ReadonlyMap<string, Snapshot | null>;
  nameOf(key: string): string;
  roleOf(key: string): { readonly dev: boolean; readonly optional: boolean };
  /** Directory of the app that a key stands for, where it does. */
  localOf(key: string): string | undefined;
}

interface Layout {
  placeOf(key: string): LockedPlace;
  readonly links: readonly LockedLink[];
}

/** pnpm's own layout: each package in a directory of its own beside links to exactly what it depends on. */
export function layOutPnpm(request: LayoutRequest): Layout {
  const { snapshots, importers, roleOf } = request;
  const homes = new Map([...snapshots.keys()].map((key) => [key, homeOf(request, key)]));
  const find = (name: string, reference: string): string | undefined => {
    const keys = [`${name}@${reference}`, `/${name}@${reference}`, reference];
    const key = keys.find((one) => homes.has(one));
    return key === undefined ? undefined : (request.localOf(key) ?? homes.get(key));
  };
  const links: LockedLink[] = [];
  for (const [key, snapshot] of snapshots) {
    const { dependencies, optionalDependencies } = snapshot ?? {};
    const beside = parentOf(homes.get(key) ?? "", request.nameOf(key));
    for (const [alias, reference] of Object.entries({ ...dependencies, ...optionalDependencies })) {
      const to = find(alias, reference);
      const path = `${beside}/${alias}`;
      // What needs itself finds itself without a link.
      if (to === undefined || path === homes.get(key)) continue;
      links.push({ path, to, dev: roleOf(key).dev });
    }
  }
  for (const [directory, importer] of Object.entries(importers)) {
    links.push(...importerLinks(directory, importer, find));
  }
  return {
    placeOf: (key) => ({ path: homes.get(key) ?? "", ...roleOf(key) }),
    links: [...links, ...hoistedLinks(request, homes)],
  };
}

const store = "node_modules/.pnpm";

function homeOf(request: LayoutRequest, key: string): string {
  return `${store}/${directoryName(key)}/node_modules/${request.nameOf(key)}`;
}

function parentOf(home: string, name: string): string {
  return home.slice(0, -name.length - 1);
}

/** File systems take 255 bytes for a name; sets of peers can be longer. */
function directoryName(key: string): string {
  const plain = key
    .replace(/^\//, "")
    .replaceAll(/[/\\:]/g, "+")
    .replaceAll(/\)\(|[()]/g, "_")
    .replace(/_$/, "");
  return plain.length <= 120 ? plain : `${plain.slice(0, 100)}_${checksum(plain)}`;
}

function checksum(text: string): string {
  let sum = 0n;
  for (const character of text) {
    sum = (sum * 31n + BigInt(character.codePointAt(0) ?? 0)) % 0xffffffffffffffc5n;
  }
  return sum.toString(16);
}

function importerLinks(
  directory: string,
  importer: Importer,
  find: (name: string, reference: string) => string | undefined,
): readonly LockedLink[] {
  const base = directory === "." ? "" : `${directory}/`;
  const lists = [
    { direct: importer.dependencies, dev: false },
    { direct: importer.optionalDependencies, dev: false },
    { direct: importer.devDependencies, dev: true },
  ];
  return lists.flatMap(({ direct, dev }) =>
    Object.entries(direct ?? {}).flatMap(([alias, { version }]) => {
      const local = /^(?:link|file):(.*)$/.exec(version)?.[1];
      const to = find(alias, version) ?? (local && insidePath(`${base}${local}`));
      return to === undefined || to === ""
        ? []
        : [{ path: `${base}node_modules/${alias}`, to, dev }];
    }),
  );
}

/** Packages that forget to name a dependency find one of that name here, as they do with pnpm. */
function hoistedLinks(
  request: LayoutRequest,
  homes: ReadonlyMap<string, string>,
): readonly LockedLink[] {
  const found = new Map<string, LockedLink>();
  for (const [key, home] of [...homes].sort(([a], [b]) => (a < b ? 1 : -1))) {
    if (request.localOf(key) !== undefined) continue;
    const name = request.nameOf(key);
    const link = { path: `${store}/node_modules/${name}`, to: home, dev: request.roleOf(key).dev };
    const other = found.get(name);
    if (other === undefined || (other.dev && !link.dev)) found.set(name, link);
  }
  return [...found.values()];
}
