import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { type ContentStore, makeContentStore } from "./contents.ts";
import { type ListStore, makeListStore, type StoredList } from "./lists.ts";
import { inTurn } from "./lock.ts";

const dayMs = 24 * 3600 * 1000;
/** Sources of an App whose files are kept, for the next upload to build upon. */
const keptSources = 3;
/** Uploads that nobody has finished; more of them at one time are somebody's mistake. */
const keptPending = 8;

/** Removes what neither a recent Source of the App nor an upload of the last day refers to. */
export function sweepContents(contents: string, now: Date): Promise<void> {
  return inTurn(contents, () => sweep(contents, now));
}

/** The same for who has the turn already. */
export async function sweep(contents: string, now: Date): Promise<void> {
  const lists = makeListStore(contents);
  const all = await lists.all();
  if (all.length === 0) return;
  const kept = chooseKept(all, now);
  for (const { id } of all) {
    if (!kept.some((list) => list.id === id)) await lists.remove(id);
  }
  const referred = await sweepPages(lists, kept);
  await sweepFiles(makeContentStore(contents), referred);
  await sweepParts(join(contents, "parts"), now);
}

/** Pure: which lists stay. */
export function chooseKept(lists: readonly StoredList[], now: Date): readonly StoredList[] {
  const newest = lists.toSorted((a, b) => b.touchedAt - a.touchedAt);
  const deployed = newest.filter(({ deployedAt }) => deployedAt !== undefined);
  const pending = newest.filter(
    ({ deployedAt, touchedAt }) => deployedAt === undefined && now.getTime() - touchedAt < dayMs,
  );
  return [...deployed.slice(0, keptSources), ...pending.slice(0, keptPending)];
}

/** Returns the hashes of all files that the lists that stay name. */
async function sweepPages(
  lists: ListStore,
  kept: readonly StoredList[],
): Promise<ReadonlySet<string>> {
  const referred = new Set<string>();
  const pages = new Set(kept.flatMap((list) => list.pages));
  for (const hash of pages) {
    for (const entry of (await lists.readPage(hash)) ?? []) {
      if ("hash" in entry) referred.add(entry.hash);
    }
  }
  for (const hash of await lists.pages()) if (!pages.has(hash)) await lists.removePage(hash);
  return referred;
}

async function sweepFiles(store: ContentStore, referred: ReadonlySet<string>): Promise<void> {
  for (const hash of await store.known()) if (!referred.has(hash)) await store.remove(hash);
}

async function sweepParts(parts: string, now: Date): Promise<void> {
  for (const name of await readdir(parts).catch(() => [])) {
    const path = join(parts, name);
    const touchedAt = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => now.getTime(),
    );
    if (now.getTime() - touchedAt > dayMs) await rm(path, { force: true });
  }
}
