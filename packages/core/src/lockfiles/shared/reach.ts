/** Everything that can be reached from the roots, the roots included. */
export function reachable(
  roots: Iterable<string>,
  next: (key: string) => Iterable<string>,
): ReadonlySet<string> {
  const seen = new Set<string>(roots);
  const queue = [...seen];
  for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
    for (const other of next(key)) {
      if (seen.has(other)) continue;
      seen.add(other);
      queue.push(other);
    }
  }
  return seen;
}

/** Edges of a dependency graph by name of the node. */
export interface Graph {
  readonly required: ReadonlyMap<string, readonly string[]>;
  readonly optional: ReadonlyMap<string, readonly string[]>;
}

export interface Roots {
  readonly production: readonly string[];
  readonly optional: readonly string[];
  readonly development: readonly string[];
}

/** Tells which nodes only development needs, and which only optional edges lead to. */
export function classify(
  graph: Graph,
  roots: Roots,
): (key: string) => { readonly dev: boolean; readonly optional: boolean } {
  const required = (key: string) => graph.required.get(key) ?? [];
  const all = (key: string) => [...required(key), ...(graph.optional.get(key) ?? [])];
  const production = reachable([...roots.production, ...roots.optional], all);
  const needed = reachable([...roots.production, ...roots.development], required);
  const development = reachable(roots.development, all);
  return (key) => ({
    dev: !production.has(key) && development.has(key),
    optional: !needed.has(key),
  });
}
