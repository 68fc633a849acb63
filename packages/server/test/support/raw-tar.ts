import { gzipSync } from "node:zlib";

export interface RawEntry {
  readonly name: string;
  /** Type flag of the header; "0" a file, "1" a hard link, "2" a symbolic link, "3" a device, "5" a directory, "6" a pipe. */
  readonly type?: string;
  readonly link?: string;
  readonly body?: string;
  /** The name is written as Latin-1, which is no UTF-8 beyond ASCII. */
  readonly isLatin1?: boolean;
  /** What the header claims; default: the length of the body. */
  readonly size?: number;
}

/** A gzip-compressed tar (ustar) of exactly these headers: what no honest program would write. */
export function rawTar(entries: readonly RawEntry[]): Buffer {
  const blocks = entries.flatMap((entry) => {
    const body = Buffer.from(entry.body ?? "");
    const padding = Buffer.alloc((512 - (body.length % 512)) % 512);
    return [header(entry, body.length), body, padding];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

function header({ name, type = "0", link = "", size, isLatin1 }: RawEntry, length: number): Buffer {
  const block = Buffer.alloc(512);
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, "0");
  block.write(name, 0, 100, isLatin1 === true ? "latin1" : "utf8");
  block.write(`${octal(0o644, 7)}\0`, 100);
  block.write(`${octal(0, 7)}\0${octal(0, 7)}\0`, 108);
  block.write(`${octal(size ?? length, 11)}\0`, 124);
  block.write(`${octal(0, 11)}\0`, 136);
  block.write(" ".repeat(8), 148);
  block.write(type, 156);
  block.write(link, 157, 100);
  block.write("ustar\u000000", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148);
  return block;
}
