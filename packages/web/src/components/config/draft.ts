import type { ConfigEntry, ReleaseSummary } from "@hop3/core/api";

/** Values that are to be set, and with null those that are to go. */
export type Draft = Readonly<Record<string, string | null>>;

export interface Row {
  readonly key: string;
  /** Undefined where it is not shown to whoever looks. */
  readonly value: string | undefined;
  readonly updatedAt: string | undefined;
  readonly state: "stored" | "new" | "changed" | "removed";
}

/** What is stored together with what is about to change, by name. */
export function makeRows(entries: readonly ConfigEntry[], draft: Draft): readonly Row[] {
  const stored = entries.map(({ key, value, updatedAt }): Row => {
    if (!Object.hasOwn(draft, key)) return { key, value, updatedAt, state: "stored" };
    const wanted = draft[key] ?? undefined;
    if (wanted === undefined) return { key, value, updatedAt, state: "removed" };
    return { key, value: wanted, updatedAt, state: "changed" };
  });
  const known = new Set(entries.map(({ key }) => key));
  const added = Object.entries(draft).flatMap(([key, value]): Row[] =>
    value === null || known.has(key) ? [] : [{ key, value, updatedAt: undefined, state: "new" }],
  );
  return [...stored, ...added].sort((one, other) => (one.key < other.key ? -1 : 1));
}

/** Names whose stored value is not what the Release runs with: a Release keeps the values that it was made with. */
export function waitingKeys(
  entries: readonly ConfigEntry[],
  release: Pick<ReleaseSummary, "createdAt" | "configKeys"> | undefined,
): readonly string[] {
  if (release === undefined) return [];
  const stored = new Set(entries.map(({ key }) => key));
  const changed = entries.filter(({ updatedAt }) => updatedAt > release.createdAt);
  const removed = release.configKeys.filter((key) => !stored.has(key));
  return [...changed.map(({ key }) => key), ...removed].sort();
}
