import { constants, type Stats } from "node:fs";
import {
  type FileHandle,
  lstat,
  mkdir,
  open,
  readlink,
  rename,
  symlink,
  unlink,
} from "node:fs/promises";

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

const asDirectory = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const asNewFile = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
/** A pipe that somebody left there must not block who looks at it. */
const asPresentFile = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * A directory that belongs to an App, entered by a server with more rights than the App. No link that the App has made,
 * or makes at this very moment, leads out of it: each step goes from an open directory (`openat(2)`, spelt /proc/self/fd).
 */
export interface OwnedDirectory {
  readonly handle: FileHandle;
  readonly owner: Owner | undefined;
}

/** Resolves to the directory of these parts below `root`, made where missing; undefined where something else is in the way. */
export async function openInside(
  root: string,
  parts: readonly string[],
  owner: Owner | undefined,
): Promise<OwnedDirectory | undefined> {
  let handle = await open(root, asDirectory);
  for (const part of parts) {
    const next = await openOrMake(handle, part, owner);
    await handle.close();
    if (next === undefined) return undefined;
    handle = next;
  }
  return { handle, owner };
}

async function openOrMake(
  parent: FileHandle,
  name: string,
  owner: Owner | undefined,
): Promise<FileHandle | undefined> {
  const path = entryOf(parent, name);
  const made = await mkdir(path, { mode: 0o755 }).then(
    () => true,
    () => false,
  );
  const handle = await open(path, asDirectory).catch(() => undefined);
  if (made && owner !== undefined) await handle?.chown(owner.uid, owner.gid);
  return handle;
}

function entryOf(directory: FileHandle, name: string): string {
  return `/proc/self/fd/${directory.fd}/${name}`;
}

/** Content of a file or target of a link; `undefined` where nothing is, `"other"` for what is neither. */
export async function readInside(
  { handle }: OwnedDirectory,
  name: string,
): Promise<Buffer | string | undefined> {
  const path = entryOf(handle, name);
  const stats = await lstat(path).catch(() => undefined);
  if (stats === undefined) return undefined;
  if (stats.isSymbolicLink()) return readlink(path);
  const file = await open(path, asPresentFile).catch(() => undefined);
  try {
    const isFile = (await file?.stat())?.isFile() === true;
    return isFile && file !== undefined ? await file.readFile() : "other";
  } finally {
    await file?.close();
  }
}

/** Puts a copy of `from` in place, all or nothing, as the App's own. */
export async function placeInside(
  directory: OwnedDirectory,
  name: string,
  from: string,
): Promise<void> {
  const aside = entryOf(directory.handle, `${name}.hop3-new`);
  await unlink(aside).catch(() => {});
  const stats = await lstat(from);
  if (stats.isSymbolicLink()) await symlink(await readlink(from), aside);
  else await copyTo(aside, { from, stats, owner: directory.owner });
  await rename(aside, entryOf(directory.handle, name));
}

async function copyTo(
  path: string,
  { from, stats, owner }: { from: string; stats: Stats; owner: Owner | undefined },
): Promise<void> {
  const source = await open(from);
  const file = await open(path, asNewFile, 0o600);
  await file.writeFile(source.createReadStream());
  if (owner !== undefined) await file.chown(owner.uid, owner.gid);
  // Store files are read-only; the owner of this copy may write it.
  await file.chmod((stats.mode & 0o111) === 0 ? 0o644 : 0o755);
  await file.close();
}
