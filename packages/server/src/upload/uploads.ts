import type { UploadReceived, UploadState } from "@hop3/core";
import { sha256, type UploadEntry } from "@hop3/core/node";
import { checkEntries, type UploadLimits } from "./check-entries.ts";
import { type ContentStore, makeContentStore } from "./contents.ts";
import { uploadIncomplete, uploadListWrong, uploadNotFound } from "./errors.ts";
import { type ListStore, makeListStore, type StoredList } from "./lists.ts";
import { inTurn } from "./lock.ts";
import { type Range, toRanges } from "./ranges.ts";
import { receiveContents } from "./receive-contents.ts";
import { countedIn, countStreams } from "./streams.ts";
import { sweep } from "./sweep.ts";

/** Uploads of one App. Nothing of what they answer depends on another App. */
export interface Uploads {
  /** Each line is a page of the list of files, or the hash of one. */
  begin(lines: readonly string[]): Promise<UploadState>;
  addPages(id: string, pages: readonly string[]): Promise<UploadState>;
  state(id: string): Promise<UploadState>;
  receive(id: string, source: AsyncIterable<Uint8Array>): Promise<UploadReceived>;
  /** Holds on to a complete upload for a Deployment; fails where something of it is missing. */
  claim(id: string): Promise<void>;
}

export function makeUploads(
  contents: string,
  limits: UploadLimits,
  now: () => Date = () => new Date(),
): Uploads {
  const shelf = {
    contents,
    limits,
    now,
    lists: makeListStore(contents),
    store: makeContentStore(contents),
  };
  return {
    begin: (lines) => inTurn(contents, () => begin(shelf, lines)),
    addPages: (id, pages) => inTurn(contents, () => addPages(shelf, id, pages)),
    state: async (id) => await stateOf(shelf, await requireList(shelf, id)),
    receive: (id, source) => receive(shelf, id, source),
    claim: (id) => inTurn(contents, () => claim(shelf, id)),
  };
}

interface Shelf {
  readonly contents: string;
  readonly limits: UploadLimits;
  readonly now: () => Date;
  readonly lists: ListStore;
  readonly store: ContentStore;
}

async function requireList({ lists }: Shelf, id: string): Promise<StoredList> {
  const list = await lists.find(id);
  if (list === undefined) throw uploadNotFound({ upload: id });
  return list;
}

async function begin(shelf: Shelf, lines: readonly string[]): Promise<UploadState> {
  const { lists, limits } = shelf;
  if (lines.length === 0) throw uploadListWrong({ reason: "it is empty" });
  const most = mostPages(limits);
  if (lines.length > most) throw uploadListWrong({ reason: `it has more than ${most} pages` });
  const hashes = lines.map((line) => (isHash(line) ? line : sha256(line)));
  for (const line of lines) if (!isHash(line)) await lists.addPage(line);
  const list = await lists.begin(hashes);
  await sweep(shelf.contents, shelf.now());
  return await stateOf(shelf, list);
}

async function addPages(shelf: Shelf, id: string, pages: readonly string[]): Promise<UploadState> {
  const list = await requireList(shelf, id);
  const named = new Set(list.pages);
  if (!pages.every((page) => named.has(sha256(page)))) {
    throw uploadListWrong({ reason: "a page was sent that it does not name" });
  }
  for (const page of pages) await shelf.lists.addPage(page);
  return await stateOf(shelf, list);
}

async function stateOf(shelf: Shelf, list: StoredList): Promise<UploadState> {
  const { contents, lists, store, limits } = shelf;
  const files = await lists.read(list);
  const { id } = list;
  if ("missingPages" in files) {
    const missingPages = toRanges(files.missingPages);
    return { id, missingPages, missing: [], arrived: [], receiving: 0 };
  }
  checkEntries(files.entries, limits);
  const wanted = lackedFiles(files.entries, await store.known());
  const parts = await store.arrived();
  const arrived = wanted.flatMap(({ index, hash }): Range[] => {
    const bytes = parts.get(hash);
    return bytes === undefined ? [] : [[index, bytes]];
  });
  return {
    id,
    missingPages: [],
    missing: toRanges(wanted.map(({ index }) => index)),
    arrived,
    receiving: countStreams(`${contents} ${id}`),
  };
}

async function receive(
  shelf: Shelf,
  id: string,
  source: AsyncIterable<Uint8Array>,
): Promise<UploadReceived> {
  const { contents, lists, store } = shelf;
  const files = await lists.read(await requireList(shelf, id));
  if ("missingPages" in files) throw uploadIncomplete({ missing: listPages });
  const counted = countedIn(`${contents} ${id}`, source);
  return await receiveContents(store, { id, entries: files.entries }, counted);
}

const listPages = "pages of its list of files";

async function claim(shelf: Shelf, id: string): Promise<void> {
  const list = await requireList(shelf, id);
  const { missing, missingPages } = await stateOf(shelf, list);
  if (missingPages.length > 0) throw uploadIncomplete({ missing: listPages });
  const count = missing.reduce((sum, [from, to]) => sum + to - from, 0);
  if (count > 0) throw uploadIncomplete({ missing: `${count} of its files` });
  await shelf.lists.markDeployed(list, shelf.now());
}

/** Pages hold some hundred files each; a list of many small ones is nobody's tree. */
function mostPages({ maxFiles }: UploadLimits): number {
  return 16 + Math.ceil(maxFiles / 16);
}

function isHash(line: string): boolean {
  return /^[0-9a-f]{64}$/.test(line);
}

/** The first file of each content that is not there. */
function lackedFiles(
  entries: readonly UploadEntry[],
  known: ReadonlySet<string>,
): readonly { readonly index: number; readonly hash: string }[] {
  const asked = new Set<string>();
  return entries.flatMap((entry, index) => {
    if ("link" in entry || known.has(entry.hash) || asked.has(entry.hash)) return [];
    asked.add(entry.hash);
    return [{ index, hash: entry.hash }];
  });
}
