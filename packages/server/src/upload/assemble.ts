import { symlinkSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { UploadEntry } from "@hop3/core/node";
import { checkEntries, type UploadLimits } from "./check-entries.ts";
import { type ContentStore, makeContentStore } from "./contents.ts";
import {
  uploadContentDamaged,
  uploadContentWrong,
  uploadIncomplete,
  uploadNotFound,
} from "./errors.ts";
import { makeListStore } from "./lists.ts";

/** Files laid out before others have a turn. */
const atOnce = 32;

/** Lays out the tree of a complete upload in `dir`, which is empty: copies, each checked against its hash. */
export async function assemble(
  contents: string,
  id: string,
  { dir, limits }: { readonly dir: string; readonly limits: UploadLimits },
): Promise<void> {
  const lists = makeListStore(contents);
  const list = await lists.find(id);
  if (list === undefined) throw uploadNotFound({ upload: id });
  const files = await lists.read(list);
  if ("missingPages" in files) throw uploadIncomplete({ missing: "a part of the list of files" });
  checkEntries(files.entries, limits);
  const store = makeContentStore(contents);
  const made = new Set<string>([""]);
  for (const [index, entry] of files.entries.entries()) {
    if (index % atOnce === 0) await nextTurn();
    const parent = dirname(entry.path);
    if (!made.has(parent)) await mkdir(join(dir, parent), { recursive: true, mode: 0o755 });
    made.add(parent);
    if (!("link" in entry)) await layOut(store, entry, dir);
  }
  // Last, so that nothing is ever written through one.
  for (const entry of files.entries) {
    if ("link" in entry) symlinkSync(entry.link, join(dir, entry.path));
  }
}

async function layOut(
  store: ContentStore,
  { path, hash, size, executable }: Extract<UploadEntry, { readonly hash: string }>,
  dir: string,
): Promise<void> {
  const mode = executable ? 0o755 : 0o644;
  switch (await store.copy(hash, { file: join(dir, path), size, mode })) {
    case "copied":
      return;
    case "missing":
      throw uploadIncomplete({ missing: path });
    case "other-size":
      throw uploadContentWrong({ path, reason: `it has not ${size} bytes` });
    case "damaged":
      await store.remove(hash);
      throw uploadContentDamaged({ path });
  }
}
