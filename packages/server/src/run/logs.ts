import { type FileHandle, open, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { logDirectory } from "./service-directory.ts";

export interface LogRecord {
  /** RFC 3339, UTC, with all the digits that s6-log writes. */
  readonly time: string;
  readonly text: string;
}

const pollMs = 100;
const lineFeed = 0x0a;

/** The last lines a service has written, oldest first, across its rotated files. No directory: no lines. */
export async function readLogs(
  serviceDir: string,
  options: { readonly lines: number },
): Promise<readonly LogRecord[]> {
  const dir = logDirectory(serviceDir);
  let records: LogRecord[] = [];
  for (const name of (await logFiles(dir)).reverse()) {
    if (records.length >= options.lines) break;
    const text = await readFile(join(dir, name), "utf8").catch(() => "");
    records = [...parseLines(text), ...records];
  }
  return options.lines === 0 ? [] : records.slice(-options.lines);
}

/**
 * The last lines and then every further one, until the signal. s6-log renames `current` when it is full: the open file
 * is read to its end under whatever name, then the next one in order, so that nothing is lost or told twice.
 */
export async function* followLogs(
  serviceDir: string,
  signal: AbortSignal,
  options: { readonly lines: number } = { lines: 0 },
): AsyncGenerator<LogRecord> {
  const dir = logDirectory(serviceDir);
  const tail = await readUpTo(dir, options.lines);
  yield* tail.records;
  let position = tail.position;
  while (!signal.aborted) {
    const next = await readOn(dir, position);
    yield* next.records;
    position = next.position;
    if (next.records.length > 0) continue;
    await sleep(pollMs, undefined, { signal }).catch(() => {});
  }
}

/** After this byte of the file with this inode. No inode: before everything. */
interface Position {
  readonly inode: bigint | undefined;
  readonly offset: number;
}

interface Piece {
  readonly records: readonly LogRecord[];
  readonly position: Position;
}

/** The last lines, and where they end. */
async function readUpTo(dir: string, lines: number): Promise<Piece> {
  const records: LogRecord[] = [];
  let position: Position = { inode: undefined, offset: 0 };
  for (;;) {
    const piece = await readOn(dir, position);
    const isEnd = piece.position.inode === position.inode && piece.records.length === 0;
    records.push(...piece.records);
    position = piece.position;
    if (isEnd) break;
  }
  return { records: lines === 0 ? [] : records.slice(-lines), position };
}

/** What one file holds beyond the position; at its end, moves on to the next file if there is one. */
async function readOn(dir: string, position: Position): Promise<Piece> {
  const files = await openAll(dir);
  try {
    const found = files.findIndex((file) => file.inode === position.inode);
    const file = files[Math.max(found, 0)];
    if (file === undefined) return { records: [], position };
    const from = found === -1 ? 0 : position.offset;
    const { records, length } = await readLines(file.handle, from);
    const next = files[Math.max(found, 0) + 1];
    if (length > 0 || next === undefined) {
      return { records, position: { inode: file.inode, offset: from + length } };
    }
    return { records: [], position: { inode: next.inode, offset: 0 } };
  } finally {
    await Promise.all(files.map((file) => file.handle.close()));
  }
}

interface OpenFile {
  readonly inode: bigint;
  readonly handle: FileHandle;
}

/**
 * All files of a log, oldest first. A rotation may happen between listing and opening: the names are then listed again,
 * so that the order is that of one moment.
 */
async function openAll(dir: string): Promise<readonly OpenFile[]> {
  for (;;) {
    const names = await logFiles(dir);
    const files: OpenFile[] = [];
    for (const name of names) {
      const handle = await open(join(dir, name)).catch(() => undefined);
      if (handle === undefined) continue;
      files.push({ inode: (await handle.stat({ bigint: true })).ino, handle });
    }
    const isStable = files.length === names.length && sameNames(names, await logFiles(dir));
    if (isStable) return files;
    await Promise.all(files.map((file) => file.handle.close()));
  }
}

function sameNames(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((name, index) => name === right[index]);
}

/** Rotated files are named by their TAI64N time, so that their names sort; then `previous`, while it is moved; then `current`. */
async function logFiles(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch((): string[] => []);
  const rotated = names.filter((name) => name.startsWith("@")).sort();
  return [...rotated, ...["previous", "current"].filter((name) => names.includes(name))];
}

/** Whole lines from an offset on; a line without its end is left for later. */
async function readLines(
  handle: FileHandle,
  offset: number,
): Promise<{ records: readonly LogRecord[]; length: number }> {
  const { size } = await handle.stat();
  const buffer = Buffer.alloc(Math.max(size - offset, 0));
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, offset);
  const length = buffer.subarray(0, bytesRead).lastIndexOf(lineFeed) + 1;
  return { records: parseLines(buffer.toString("utf8", 0, length)), length };
}

function parseLines(text: string): LogRecord[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map(parseLine);
}

/** `2026-11-23 06:56:09.655928585  text`. */
function parseLine(line: string): LogRecord {
  const match = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d+) {2}(.*)$/s.exec(line);
  if (match === null) return { time: "", text: line };
  return { time: `${match[1]}T${match[2]}Z`, text: match[3] ?? "" };
}
