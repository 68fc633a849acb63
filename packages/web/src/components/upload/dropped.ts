import type { UploadFile } from "./tar.ts";

/** Never part of an app; the server drops what .gitignore and .hop3ignore name. */
const skipped: ReadonlySet<string> = new Set([".git", "node_modules", ".venv", "__pycache__"]);

/** What was dropped or chosen: the files of a directory, or an archive. */
export type Dropped =
  | { readonly kind: "files"; readonly name: string; readonly files: readonly UploadFile[] }
  | { readonly kind: "archive"; readonly name: string; readonly file: File }
  | { readonly kind: "refused"; readonly name: string; readonly reason: string };

const otherArchive = /\.(?:zip|tar|tar\.\w+|tbz2|txz|7z|rar)$/i;

/** An archive of another kind, which would become an app that consists of one odd file. */
function refusalOf(name: string): Dropped | undefined {
  if (isArchive(name) || !otherArchive.test(name)) return undefined;
  const reason = "Only .tar.gz and .tgz are unpacked here: unpack it, and drop the folder.";
  return { kind: "refused", name, reason };
}

/** From a drop: one directory, one archive, or some files. */
export async function readDrop(items: DataTransferItemList): Promise<Dropped | undefined> {
  // The list is emptied as soon as this function waits for the first time.
  const files = [...items].map((item) => item.getAsFile()).filter((file) => file !== null);
  const entries = [...items]
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null);
  const [first] = entries;
  // What is dragged out of a mail or another page lies in no file system.
  if (first === undefined) return readChosen(files);
  if (entries.length === 1 && first.isFile && isArchive(first.name)) {
    const file = await fileOf(first as FileSystemFileEntry);
    return { kind: "archive", name: first.name, file };
  }
  const refusal = entries.length === 1 ? refusalOf(first.name) : undefined;
  if (first.isFile && refusal !== undefined) return refusal;
  const isOneDirectory = entries.length === 1 && first.isDirectory;
  const found: UploadFile[] = [];
  for (const entry of entries) await walk(entry, isOneDirectory ? undefined : "", found);
  return { kind: "files", name: isOneDirectory ? first.name : "", files: found };
}

/** From an input, where a directory comes as a flat list. */
export function readChosen(list: readonly File[]): Dropped | undefined {
  const [first] = list;
  if (first === undefined) return undefined;
  if (list.length === 1 && isArchive(first.name)) {
    return { kind: "archive", name: first.name, file: first };
  }
  const refusal = list.length === 1 ? refusalOf(first.name) : undefined;
  if (first.webkitRelativePath === "" && refusal !== undefined) return refusal;
  const name = first.webkitRelativePath.split("/")[0] ?? "";
  const files = list.flatMap((file) => {
    const path =
      file.webkitRelativePath
        .split("/")
        .slice(name === "" ? 0 : 1)
        .join("/") || file.name;
    return path.split("/").some((part) => skipped.has(part)) ? [] : [{ path, file }];
  });
  return { kind: "files", name, files };
}

export function isArchive(name: string): boolean {
  return /\.(?:tar\.gz|tgz)$/i.test(name);
}

/** `prefix` is undefined for the directory that is the app itself. */
async function walk(
  entry: FileSystemEntry,
  prefix: string | undefined,
  files: UploadFile[],
): Promise<void> {
  if (skipped.has(entry.name)) return;
  const path = prefix === undefined ? "" : `${prefix}${entry.name}`;
  if (entry.isFile) {
    files.push({ path, file: await fileOf(entry as FileSystemFileEntry) });
    return;
  }
  const below = path === "" ? "" : `${path}/`;
  for (const child of await childrenOf(entry as FileSystemDirectoryEntry)) {
    await walk(child, below, files);
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** A reader gives at most a hundred entries at a time, and an empty list at the end. */
async function childrenOf(entry: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = entry.createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return children;
    children.push(...some);
  }
}
