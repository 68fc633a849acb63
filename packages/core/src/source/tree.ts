/** One file or link of a Source. Paths use `/`, have no leading one, and never leave the tree. */
export interface SourceFile {
  readonly path: string;
  readonly size: number;
  readonly executable: boolean;
  /** Target of a symbolic link, as it stands in the link. */
  readonly link?: string | undefined;
}

/** Read-only view of the files of a Source. Directories exist through what is in them. */
export interface SourceTree {
  /** Every file and link, sorted by path. */
  paths(): readonly SourceFile[];
  has(path: string): boolean;
  /** The text of a file; fails where there is none. */
  readText(path: string): Promise<string>;
}

/** What a file of a tree in memory holds: its text, or text with attributes. */
export type MemoryFile =
  | string
  | { readonly text: string; readonly executable?: boolean }
  | { readonly link: string };

/** A SourceTree without a disk: for tests, the browser, and files that are only planned. */
export function makeMemoryTree(files: Readonly<Record<string, MemoryFile>>): SourceTree {
  const entries = new Map(Object.entries(files));
  const listed = [...entries].map(([path, file]) => describeFile(path, file)).sort(byPath);
  return {
    paths: () => listed,
    has: (path) => entries.has(path),
    readText: async (path) => {
      const file = entries.get(path);
      if (file === undefined) throw new Error(`no file ${path} in this tree`);
      if (typeof file === "string") return file;
      if ("link" in file) throw new Error(`${path} is a link`);
      return file.text;
    },
  };
}

function describeFile(path: string, file: MemoryFile): SourceFile {
  if (typeof file === "string") return { path, size: file.length, executable: false };
  if ("link" in file) return { path, size: 0, executable: false, link: file.link };
  return { path, size: file.text.length, executable: file.executable ?? false };
}

/** Order of paths that does not depend on a locale. */
export function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  if (a.path === b.path) return 0;
  return a.path < b.path ? -1 : 1;
}
