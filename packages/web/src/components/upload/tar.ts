/** One file of an upload, with its path from the root of the app. */
export interface UploadFile {
  readonly path: string;
  readonly file: Blob;
  readonly isExecutable?: boolean;
}

const block = 512;

/** A gzip-compressed tar of these files, made while it is read: nothing is held twice. */
export function packFiles(files: readonly UploadFile[]): ReadableStream<Uint8Array> {
  const source = tarOf(files);
  const tar = new ReadableStream<BufferSource>({
    async pull(controller) {
      const next = await source.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value as Uint8Array<ArrayBuffer>);
    },
  });
  return tar.pipeThrough(new CompressionStream("gzip"));
}

/** POSIX.1-2001 interchange format: a path that does not fit into the old header has one of its own before it. */
async function* tarOf(files: readonly UploadFile[]): AsyncGenerator<Uint8Array> {
  const utf8 = new TextEncoder();
  for (const { path, file, isExecutable = false } of files) {
    const name = utf8.encode(path);
    const mode = isExecutable ? 0o755 : 0o644;
    if (name.length > 100) {
      const record = paxRecord("path", path);
      yield header({ name: utf8.encode("pax"), size: record.length, mode, type: "x" });
      yield padded(record);
    }
    yield header({ name: name.slice(0, 100), size: file.size, mode, type: "0" });
    const reader = file.stream().getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
    const rest = file.size % block;
    if (rest !== 0) yield new Uint8Array(block - rest);
  }
  yield new Uint8Array(2 * block);
}

interface Header {
  readonly name: Uint8Array;
  readonly size: number;
  readonly mode: number;
  readonly type: "0" | "x";
}

function header({ name, size, mode, type }: Header): Uint8Array {
  const bytes = new Uint8Array(block);
  const write = (text: string, at: number) => bytes.set(new TextEncoder().encode(text), at);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, "0");
  bytes.set(name, 0);
  write(octal(mode, 7), 100);
  write(octal(0, 7), 108);
  write(octal(0, 7), 116);
  write(octal(size, 11), 124);
  write(octal(0, 11), 136);
  // The sum is taken with blanks in its own place.
  write("        ", 148);
  write(type, 156);
  write("ustar\u000000", 257);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  write(`${octal(sum, 6)}\u0000 `, 148);
  return bytes;
}

/** `<length> <key>=<value>\n`, where the length counts itself. */
function paxRecord(key: string, value: string): Uint8Array {
  const utf8 = new TextEncoder();
  const rest = utf8.encode(` ${key}=${value}\n`).length;
  let length = rest + String(rest).length;
  if (rest + String(length).length !== length) length = rest + String(length).length;
  return utf8.encode(`${length} ${key}=${value}\n`);
}

function padded(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(data.length / block) * block);
  bytes.set(data);
  return bytes;
}
