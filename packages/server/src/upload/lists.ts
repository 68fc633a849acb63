import { mkdirSync } from "node:fs";
import { readdir, readFile, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { ContentHash, UploadPageLines } from "@hop3/core";
import { sha256, type UploadEntry, uploadId } from "@hop3/core/node";
import { z } from "zod";
import { writeAtomically } from "../write-atomically.ts";
import { codeOf } from "./code-of.ts";
import { uploadListWrong, uploadTooLarge } from "./errors.ts";

/** HOP3_HOME/apps/<app>/contents/lists/<id>.json; its time is when somebody last asked for it. */
const UploadList = z.strictObject({
  pages: z.array(ContentHash).min(1),
  deployedAt: z.iso.datetime().optional(),
});
type UploadList = z.infer<typeof UploadList>;

export interface StoredList extends UploadList {
  readonly id: string;
  readonly touchedAt: number;
}

/** What 100,000 files with long names take, several times over. */
export const mostListBytes = 64 * 1024 * 1024;
const listUnit = "bytes in the list of their names";

/** A list of files as far as its pages are known. */
export type ListedFiles =
  | { readonly missingPages: readonly number[] }
  | { readonly entries: readonly UploadEntry[] };

/** The lists of files of one App's uploads, in pages that lists share. */
export interface ListStore {
  /** Makes it, or touches the one that is there. */
  begin(pages: readonly string[]): Promise<StoredList>;
  find(id: string): Promise<StoredList | undefined>;
  all(): Promise<readonly StoredList[]>;
  markDeployed(list: StoredList, at: Date): Promise<void>;
  remove(id: string): Promise<void>;
  /** Checks the shape of a page and keeps it. */
  addPage(text: string): Promise<void>;
  read(list: UploadList): Promise<ListedFiles>;
  readPage(hash: string): Promise<readonly UploadEntry[] | undefined>;
  /** Hashes of all pages there are. */
  pages(): Promise<readonly string[]>;
  removePage(hash: string): Promise<void>;
}

export function makeListStore(dir: string): ListStore {
  const lists = join(dir, "lists");
  const pages = join(dir, "pages");
  const listFile = (id: string): string => join(lists, `${id}.json`);
  const pageFile = (hash: string): string => join(pages, `${hash}.json`);
  const find: ListStore["find"] = async (id) => {
    const file = listFile(id);
    const text = await readIfThere(file);
    if (text === undefined) return undefined;
    const list = UploadList.parse(JSON.parse(text));
    return { ...list, id, touchedAt: (await stat(file)).mtimeMs };
  };
  const write = async (id: string, list: UploadList): Promise<void> => {
    mkdirSync(lists, { recursive: true, mode: 0o700 });
    await writeAtomically(listFile(id), JSON.stringify(list));
  };
  const readPage: ListStore["readPage"] = async (hash) => {
    const text = await readIfThere(pageFile(hash));
    return text === undefined ? undefined : parseStored(text);
  };
  return {
    find,
    readPage,
    async begin(hashes) {
      const id = uploadId(hashes.map((hash) => ({ hash })));
      const known = await find(id);
      const now = new Date();
      if (known === undefined) await write(id, { pages: [...hashes] });
      else await utimes(listFile(id), now, now);
      return { ...known, id, pages: [...hashes], touchedAt: now.getTime() };
    },
    async all() {
      const names = await namesIn(lists);
      const found = await Promise.all(names.map(find));
      return found.filter((list) => list !== undefined);
    },
    markDeployed: ({ id, pages: of }, at) => write(id, { pages: of, deployedAt: at.toISOString() }),
    remove: (id) => rm(listFile(id), { force: true }),
    async addPage(text) {
      parsePage(text);
      mkdirSync(pages, { recursive: true, mode: 0o700 });
      await writeAtomically(pageFile(sha256(text)), text);
    },
    read: ({ pages: hashes }) => readPages(hashes.map(pageFile)),
    pages: () => namesIn(pages),
    removePage: (hash) => rm(pageFile(hash), { force: true }),
  };
}

async function readPages(files: readonly string[]): Promise<ListedFiles> {
  const missingPages: number[] = [];
  const entries: UploadEntry[] = [];
  let bytes = 0;
  for (const [index, file] of files.entries()) {
    const text = await readIfThere(file);
    if (text === undefined) {
      missingPages.push(index);
      continue;
    }
    bytes += text.length;
    if (bytes > mostListBytes) throw uploadTooLarge({ limit: mostListBytes, unit: listUnit });
    for (const entry of parseStored(text)) entries.push(entry);
  }
  return missingPages.length > 0 ? { missingPages } : { entries };
}

async function namesIn(dir: string): Promise<readonly string[]> {
  const names = await readdir(dir).catch(() => []);
  return names.flatMap((name) => /^([0-9a-f]{64})\.json$/.exec(name)?.[1] ?? []);
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function parsePage(text: string): void {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw uploadListWrong({ reason: "a page of it is no JSON" });
  }
  const { error } = UploadPageLines.safeParse(value);
  if (error === undefined) return;
  const [issue] = error.issues;
  const where = issue?.path.join(".") ?? "";
  throw uploadListWrong({ reason: `a page of it at ${where}: ${issue?.message ?? "not a page"}` });
}

/** It has passed its schema when it came, and that takes longer than the rest of reading 100,000 files. */
function parseStored(text: string): UploadEntry[] {
  const lines = JSON.parse(text) as UploadPageLines;
  return lines.map((line) => {
    const [path, second, hash] = line;
    if (typeof second === "string" || hash === undefined) return { path, link: String(second) };
    return { path, size: second, hash, executable: line.length === 4 };
  });
}
