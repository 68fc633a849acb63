/** A dependency: its name in node_modules, and which package that is. */
export type Edge = readonly [alias: string, id: string];

/** A directory whose package.json asks for packages: the app (""), or a workspace of it. */
export interface HoistRoot {
  readonly directory: string;
  readonly dependencies: readonly Edge[];
}

export interface Hoisted {
  readonly path: string;
  readonly id: string;
  /** Where the package is, if this is a link to it. */
  readonly link: string | undefined;
}

interface Directory {
  readonly path: string;
  readonly above: Directory | undefined;
  readonly children: Map<string, string>;
  /** What packages in here find further up: nothing else of that name may come between. */
  readonly seen: Map<string, string>;
}

/**
 * Lays packages out as node_modules: each as high as it can be, so that every package finds the version it was locked
 * with by looking upwards. The app's own dependencies come first and so are always at the top. A package that has to be
 * in several directories is a link in all but one: Node looks upwards from where a link leads to, and packages that
 * need each other in other versions would never end.
 */
export function hoist(
  roots: readonly HoistRoot[],
  dependenciesOf: (id: string) => readonly Edge[],
): readonly Hoisted[] {
  const top = openDirectory("", undefined);
  const placed: Hoisted[] = [];
  const homes = new Map<string, string>();
  const queue = roots.map(({ directory, dependencies }): readonly [Directory, readonly Edge[]] => [
    directory === "" ? top : openDirectory(directory, top),
    dependencies,
  ]);
  for (const [directory, edges] of queue) {
    for (const [alias, id] of edges) {
      const made = place(directory, [alias, id]);
      if (made === undefined) continue;
      placed.push({ path: made.path, id, link: homes.get(id) });
      if (homes.has(id)) continue;
      homes.set(id, made.path);
      queue.push([made, dependenciesOf(id)]);
    }
  }
  return placed;
}

function openDirectory(path: string, above: Directory | undefined): Directory {
  return { path, above, children: new Map(), seen: new Map() };
}

/** The new directory; nothing where the package is found already. */
function place(from: Directory, [alias, id]: Edge): Directory | undefined {
  const chain = lookUpwards(from, alias);
  const last = chain.at(-1) ?? from;
  if (last.children.get(alias) === id) {
    for (const directory of chain.slice(0, -1)) directory.seen.set(alias, id);
    return undefined;
  }
  const allowed = last.children.has(alias) ? chain.slice(0, -1) : chain;
  const target = allowed.findLast(({ seen }) => (seen.get(alias) ?? id) === id);
  // A package that asks for two versions under one name gets the first.
  if (target === undefined) return undefined;
  for (const directory of allowed.slice(0, allowed.indexOf(target))) directory.seen.set(alias, id);
  target.children.set(alias, id);
  const parent = target.path === "" ? "" : `${target.path}/`;
  return openDirectory(`${parent}node_modules/${alias}`, target);
}

/** From a directory up to the first that has the name, or to the top. */
function lookUpwards(from: Directory, alias: string): readonly Directory[] {
  const chain: Directory[] = [];
  for (let at: Directory | undefined = from; at !== undefined; at = at.above) {
    chain.push(at);
    if (at.children.has(alias)) break;
  }
  return chain;
}
