import { createHash } from "node:crypto";
import { encodeUploadHeader, makeUploadPages, type UploadEntry } from "@hop3/core/node";

/** A tree in memory: text or bytes by path; `-> target` is a link, `*` in front of a name makes it executable. */
export type Tree = Readonly<Record<string, string | Buffer>>;

export interface ListedTree {
  readonly entries: readonly UploadEntry[];
  /** What a client sends to begin. */
  readonly pages: readonly string[];
  readonly contents: readonly Buffer[];
}

export function listTree(tree: Tree): ListedTree {
  const contents: Buffer[] = [];
  const entries = Object.entries(tree).map(([name, content]): UploadEntry => {
    const path = name.replace(/^\*/, "");
    if (typeof content === "string" && content.startsWith("-> ")) {
      return { path, link: content.slice(3) };
    }
    const data = Buffer.from(content);
    contents.push(data);
    return { path, size: data.length, hash: hashOf(data), executable: name.startsWith("*") };
  });
  return { entries, contents, pages: makeUploadPages(entries).map(({ text }) => text) };
}

export function hashOf(data: Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}

/** One piece as a client sends it. */
export function frame(data: Buffer, from = 0, to = data.length): Buffer {
  const header = encodeUploadHeader({ hash: hashOf(data), offset: from, length: to - from });
  return Buffer.concat([header, data.subarray(from, to)]);
}

/** A stream in chunks of this size; `thenBreak` ends it as a cut connection does. */
export async function* streamOf(
  data: Buffer,
  { chunk = 65_536, thenBreak = false } = {},
): AsyncGenerator<Buffer> {
  for (let at = 0; at < data.length; at += chunk) yield data.subarray(at, at + chunk);
  if (thenBreak) throw Object.assign(new Error("aborted"), { code: "ECONNRESET" });
}
