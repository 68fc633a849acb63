/** Groups of a Gemfile that no Release is for. */
export const developmentGroups = ["development", "test"] as const;

/** `group :development, :test do` */
const groupLine =
  /^\s*group[\s(]+((?::\w+|["']\w+["'])(?:\s*,\s*(?::\w+|["']\w+["']))*)\s*\)?\s+do\b/;
/** What ends with an `end` of its own. */
const blockLine = /^\s*(?:if|unless|case|begin|while|until|for|def)\b|\bdo(?:\s*\|[^|]*\|)?\s*$/;
const gemName = /^\s*gem[\s(]+(["'])([A-Za-z0-9_.-]+)\1(.*)$/;
/** `group: :test`, `groups: [:development, :test]`, `:group => "test"` */
const groupOption = /(?:\bgroups?:|:groups?\s*=>)\s*(\[[^\]]*\]|:\w+|["']\w+["'])/;

/**
 * Gems of a Gemfile.lock that only its groups for development and tests ask for. A Gemfile is a
 * program that nothing here runs: a gem that stands anywhere in other words counts as needed, and
 * Bundler has the last word when the app is built.
 */
export function developmentGems(
  gemfile: string | undefined,
  direct: readonly string[],
  needs: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> {
  if (gemfile === undefined) return new Set();
  const apart = gemsApart(gemfile);
  const wanted = new Set<string>();
  const queue = direct.filter((name) => !apart.has(name));
  for (const name of queue) {
    if (wanted.has(name)) continue;
    wanted.add(name);
    queue.push(...(needs.get(name) ?? []));
  }
  return new Set([...needs.keys()].filter((name) => !wanted.has(name)));
}

/** Gems that the Gemfile names in those groups and nowhere else. */
function gemsApart(gemfile: string): ReadonlySet<string> {
  const apart = new Set<string>();
  const elsewhere = new Set<string>();
  const blocks: (readonly string[])[] = [];
  for (const raw of gemfile.split(/\r?\n/)) {
    const line = raw.replace(/(^|\s)#.*$/, "$1");
    const [, , name, rest = ""] = gemName.exec(line) ?? [];
    const groups = [...blocks.flat(), ...words(groupOption.exec(rest)?.[1])];
    if (name !== undefined) (isApart(groups) ? apart : elsewhere).add(name);
    followBlocks(blocks, line);
  }
  return new Set([...apart].filter((name) => !elsewhere.has(name)));
}

/** The groups of each block that a line stands in; other blocks have none. */
function followBlocks(blocks: (readonly string[])[], line: string): void {
  const group = groupLine.exec(line)?.[1];
  if (group !== undefined) blocks.push(words(group));
  else if (blockLine.test(line)) blocks.push([]);
  else if (/^\s*end\b/.test(line)) blocks.pop();
}

function words(text = ""): readonly string[] {
  return text.match(/\w+/g) ?? [];
}

function isApart(groups: readonly string[]): boolean {
  const known: readonly string[] = developmentGroups;
  return groups.length > 0 && groups.every((group) => known.includes(group));
}
