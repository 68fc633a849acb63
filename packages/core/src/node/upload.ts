import { createHash } from "node:crypto";

/** One file or link of an upload, before any of its bytes have been sent. */
export type UploadEntry =
  | {
      readonly path: string;
      readonly size: number;
      readonly executable: boolean;
      /** SHA-256 of the contents, in hexadecimal. */
      readonly hash: string;
    }
  | { readonly path: string; readonly link: string };

/** A run of entries as one line of JSON; whoever has a line of this hash has these entries. */
export interface UploadPage {
  readonly text: string;
  readonly hash: string;
}

/** On average: at this size the list of pages and one page weigh about the same for 100,000 files. */
const entriesOfPage = 256;
const mostEntriesOfPage = 4 * entriesOfPage;

/**
 * Cuts the list of files into pages. A page ends where the name of its last file says so, so that a file that is added
 * or removed changes one page and not all behind it.
 */
export function makeUploadPages(entries: readonly UploadEntry[]): UploadPage[] {
  const pages: UploadPage[] = [];
  let lines: unknown[] = [];
  const endPage = (): void => {
    if (lines.length === 0) return;
    const text = JSON.stringify(lines);
    pages.push({ text, hash: sha256(text) });
    lines = [];
  };
  for (const entry of entries) {
    lines.push(toLine(entry));
    if (lines.length === mostEntriesOfPage || endsPage(entry.path)) endPage();
  }
  endPage();
  return pages;
}

/** What an upload is called: the same files have the same name. */
export function uploadId(pages: readonly Pick<UploadPage, "hash">[]): string {
  return sha256(pages.map(({ hash }) => hash).join("\n"));
}

export function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

function toLine(entry: UploadEntry): unknown[] {
  if ("link" in entry) return [entry.path, entry.link];
  const { path, size, hash, executable } = entry;
  return executable ? [path, size, hash, 1] : [path, size, hash];
}

/** FNV-1a: any function would do that spreads names evenly. */
function endsPage(path: string): boolean {
  let state = 0x811c9dc5;
  for (let index = 0; index < path.length; index++) {
    state = Math.imul(state ^ path.charCodeAt(index), 0x01000193);
  }
  return (state >>> 0) % entriesOfPage === 0;
}

/** A piece of one file's contents; its bytes follow the header. */
export interface UploadFrame {
  readonly hash: string;
  /** Where in the file the piece begins. */
  readonly offset: number;
  readonly length: number;
}

/** Hash, offset, length. */
export const uploadHeaderBytes = 48;

export function encodeUploadHeader({ hash, offset, length }: UploadFrame): Buffer {
  const header = Buffer.alloc(uploadHeaderBytes);
  header.write(hash, "hex");
  header.writeBigUInt64BE(BigInt(offset), 32);
  header.writeBigUInt64BE(BigInt(length), 40);
  return header;
}

export function decodeUploadHeader(header: Buffer): UploadFrame {
  return {
    hash: header.toString("hex", 0, 32),
    offset: Number(header.readBigUInt64BE(32)),
    length: Number(header.readBigUInt64BE(40)),
  };
}
