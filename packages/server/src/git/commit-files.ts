import { uploadTooLarge } from "../deploy/errors.ts";
import type { ReceiveLimits } from "../deploy/receive.ts";
import { sourceLfsPointers, sourceSubmodules } from "./git-errors.ts";
import { type GitProgram, readBytes } from "./git-program.ts";

interface CommitFile {
  readonly mode: string;
  readonly object: string;
  readonly bytes: number;
  readonly path: string;
}

/** What has to hold for the files of a commit before they become a Source. */
export interface CommitRequest {
  readonly dir: string;
  readonly commit: string;
  readonly limits: ReceiveLimits;
  readonly allowLfsPointers: boolean;
}

/** Fails where a deployment of this commit would lack what its author sees in the checkout, or is too much. */
export async function checkCommitFiles(git: GitProgram, request: CommitRequest): Promise<void> {
  const files = await listFiles(git, request);
  const submodules = files.filter(({ mode }) => mode === "160000").map(({ path }) => path);
  if (submodules.length > 0) throw sourceSubmodules({ paths: submodules });
  if (request.allowLfsPointers) return;
  const pointers = await findLfsPointers(git, request.dir, files);
  if (pointers.length > 0) throw sourceLfsPointers({ paths: pointers });
}

async function listFiles(git: GitProgram, request: CommitRequest): Promise<readonly CommitFile[]> {
  const { dir, commit, limits } = request;
  const program = git.start(["--git-dir", dir, "ls-tree", "-r", "-l", "-z", commit]);
  program.stdin.end();
  program.stderr.resume();
  const files: CommitFile[] = [];
  let bytes = 0;
  try {
    for await (const entry of nulSeparated(program.stdout)) {
      const file = parseEntry(entry);
      files.push(file);
      bytes += file.bytes;
      if (files.length > limits.maxFiles) {
        throw uploadTooLarge({ limit: limits.maxFiles, unit: "files" });
      }
      if (bytes > limits.maxBytes) throw uploadTooLarge({ limit: limits.maxBytes, unit: "bytes" });
    }
  } finally {
    program.stop();
  }
  return files;
}

/** Of Linux: no longer path can be opened. */
const longestPath = 4096;
/** What one chunk of git's brings, and an entry that began before. */
const longestEntries = 1024 * 1024;

async function* nulSeparated(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest = Buffer.alloc(0);
  for await (const chunk of stream) {
    rest = Buffer.concat([rest, chunk]);
    if (rest.length > longestEntries)
      throw uploadTooLarge({ limit: longestPath, unit: "bytes in one name" });
    for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
      yield rest.subarray(0, end).toString("utf8");
      rest = rest.subarray(end + 1);
    }
  }
}

/** `<mode> <type> <object> <size>\t<path>`; a submodule has `-` for its size. */
function parseEntry(entry: string): CommitFile {
  const tab = entry.indexOf("\t");
  const [mode = "", , object = "", size = ""] = entry.slice(0, tab).split(/ +/);
  return { mode, object, bytes: Number.parseInt(size, 10) || 0, path: entry.slice(tab + 1) };
}

const pointerStart = "version https://git-lfs.github.com/spec/v1\n";
/** A pointer is some 130 bytes; the format allows 1024. */
const pointerSize = { least: 100, most: 1024 };
/** People write these files; a larger one is not for us to hold in memory. */
const longestAttributes = 64 * 1024;

/** Files that hold a pointer of Git LFS; looked for only where .gitattributes gives files to it. */
async function findLfsPointers(
  git: GitProgram,
  dir: string,
  files: readonly CommitFile[],
): Promise<readonly string[]> {
  const attributes = files.filter(
    ({ bytes, path }) => bytes <= longestAttributes && /(?:^|\/)\.gitattributes$/.test(path),
  );
  const rules = await readObjects(git, dir, attributes);
  if (!rules.some((text) => /\bfilter=lfs\b/.test(text))) return [];
  const candidates = files.filter(
    ({ bytes }) => bytes >= pointerSize.least && bytes <= pointerSize.most,
  );
  const texts = await readObjects(git, dir, candidates);
  return candidates.flatMap(({ path }, index) =>
    texts[index]?.startsWith(pointerStart) === true ? [path] : [],
  );
}

/** Contents in the order of the files. */
async function readObjects(
  git: GitProgram,
  dir: string,
  files: readonly CommitFile[],
): Promise<readonly string[]> {
  if (files.length === 0) return [];
  const program = git.start(["--git-dir", dir, "cat-file", "--batch"]);
  program.stderr.resume();
  program.stdin.end(`${files.map(({ object }) => object).join("\n")}\n`);
  const all = await readBytes(program.stdout);
  const texts: string[] = [];
  let at = 0;
  while (at < all.length) {
    const end = all.indexOf("\n", at);
    const size = Number(all.subarray(at, end).toString("latin1").split(" ")[2]);
    if (!Number.isSafeInteger(size)) break;
    texts.push(all.subarray(end + 1, end + 1 + size).toString("utf8"));
    at = end + size + 2;
  }
  return texts;
}
