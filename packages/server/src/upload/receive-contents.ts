import type { UploadReceived } from "@hop3/core";
import { sha256, type UploadEntry, type UploadFrame } from "@hop3/core/node";
import { codeOf } from "./code-of.ts";
import { type ContentStore, smallBytes } from "./contents.ts";
import {
  uploadBroken,
  uploadContentUnwanted,
  uploadContentWrong,
  uploadNotFound,
  uploadPartMoved,
} from "./errors.ts";
import { type FrameSink, readFrames } from "./frames.ts";
import type { PartWriter } from "./parts.ts";

type ListedFile = Extract<UploadEntry, { readonly hash: string }>;

/** Takes contents of the files of one list, and of no others. Each stays as soon as it is whole. */
export async function receiveContents(
  store: ContentStore,
  list: { readonly id: string; readonly entries: readonly UploadEntry[] },
  source: AsyncIterable<Uint8Array>,
): Promise<UploadReceived> {
  const files = new Map<string, ListedFile>();
  for (const entry of list.entries) {
    if ("hash" in entry && !files.has(entry.hash)) files.set(entry.hash, entry);
  }
  // Asked once: a content that another upload brings meanwhile is replaced by the same one.
  const known = new Set(await store.known());
  const received = { files: 0, bytes: 0 };
  const begin = async (frame: UploadFrame): Promise<FrameSink> => {
    const file = requireListed(files.get(frame.hash), frame);
    if (known.has(frame.hash)) return nowhere;
    const onWhole = (): void => {
      known.add(frame.hash);
      received.files += 1;
      received.bytes += file.size;
    };
    const isWhole = frame.offset === 0 && frame.length === file.size;
    if (isWhole && file.size <= smallBytes) return takeSmall(store, file, onWhole);
    return await takePart(store, { file, frame }, onWhole);
  };
  try {
    const isComplete = await readFrames(source, begin);
    if (!isComplete) throw uploadBroken({ reason: "it ends in the middle of a file" });
  } catch (error) {
    // Swept away under our hands: nobody had asked for it for a day, or the app is gone.
    if (codeOf(error) === "ENOENT") throw uploadNotFound({ upload: list.id }, { cause: error });
    throw error;
  }
  return received;
}

function requireListed(file: ListedFile | undefined, frame: UploadFrame): ListedFile {
  if (file === undefined) {
    throw uploadContentUnwanted({ reason: `its list has no file of the hash ${frame.hash}` });
  }
  const { offset, length } = frame;
  const isInside = Number.isSafeInteger(offset + length) && offset + length <= file.size;
  const isSomething = length > 0 || file.size === 0;
  if (isInside && isSomething) return file;
  const said = `${length} bytes from byte ${offset}`;
  throw uploadContentUnwanted({ reason: `${file.path} has ${file.size} bytes, not ${said}` });
}

/** For what is there already. */
const nowhere: FrameSink = { write: () => {}, end: async () => {}, cut: () => {} };

function takeSmall(store: ContentStore, file: ListedFile, onWhole: () => void): FrameSink {
  const chunks: Uint8Array[] = [];
  return {
    write: (chunk) => void chunks.push(Buffer.from(chunk)),
    async end() {
      const data = Buffer.concat(chunks);
      if (sha256(data) !== file.hash) throw otherContent(file);
      store.put(file.hash, data);
      onWhole();
    },
    cut: () => {},
  };
}

async function takePart(
  store: ContentStore,
  { file, frame }: { readonly file: ListedFile; readonly frame: UploadFrame },
  onWhole: () => void,
): Promise<FrameSink> {
  const { path, hash, size } = file;
  const { offset, length } = frame;
  const part = await store.write(hash, offset);
  if (part === undefined) throw uploadPartMoved({ path, offset });
  return {
    write(chunk) {
      if (!writeOrDiscard(part, chunk)) throw uploadPartMoved({ path, offset });
    },
    async end() {
      if (offset + length < size) return part.pause();
      if (!(await part.finish())) throw otherContent(file);
      onWhole();
    },
    cut: () => part.pause(),
  };
}

/** On a full disk what cannot be finished must not stay. */
function writeOrDiscard(part: PartWriter, chunk: Uint8Array): boolean {
  try {
    return part.write(chunk);
  } catch (error) {
    part.discard();
    throw error;
  }
}

function otherContent({ path }: ListedFile): Error {
  return uploadContentWrong({ path, reason: "its SHA-256 is another one" });
}
