/** The framing of git's protocols: four hexadecimal digits of length, then that much; `0000` ends a section. */

const flush = "0000";
const maxLength = 65_520;

/** One line; longer ones than git takes are a bug of ours. */
export function encodeLine(text: string): Buffer {
  const data = Buffer.from(text);
  const length = data.length + 4;
  if (length > maxLength) throw new Error(`a packet line of ${length} bytes`);
  return Buffer.concat([Buffer.from(length.toString(16).padStart(4, "0")), data]);
}

/** A section with its end. */
export function encodeSection(lines: readonly string[]): Buffer {
  return Buffer.concat([...lines.map(encodeLine), Buffer.from(flush)]);
}

/** Reads sections from a stream, one after the other. */
export interface SectionReader {
  /** Lines up to the next flush, without the line feed at their end; undefined where the stream ends before. */
  next(): Promise<readonly string[] | undefined>;
}

export function makeSectionReader(stream: AsyncIterable<Uint8Array>): SectionReader {
  const lines = readLines(stream);
  return {
    async next() {
      const section: string[] = [];
      for (;;) {
        const { done, value } = await lines.next();
        if (done === true) return undefined;
        if (value === undefined) return section;
        section.push(value);
      }
    },
  };
}

/** Each line; undefined for a flush. Ends where the stream does, or where it is not git's. */
async function* readLines(
  stream: AsyncIterable<Uint8Array>,
): AsyncGenerator<string | undefined, void> {
  let rest: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  for await (const chunk of stream) {
    rest = Buffer.concat([rest, chunk]);
    for (let length = lengthOf(rest); length <= rest.length; length = lengthOf(rest)) {
      if (length < headLength) return;
      const line = rest.subarray(headLength, length).toString("utf8").replace(/\n$/, "");
      yield isFlush(rest) ? undefined : line;
      rest = rest.subarray(length);
    }
  }
}

const headLength = 4;

function isFlush(bytes: Buffer): boolean {
  return bytes.subarray(0, headLength).toString("latin1") === flush;
}

/** How many bytes the first line takes: infinitely many until its head is there, none where it has no proper head. */
function lengthOf(bytes: Buffer): number {
  if (bytes.length < headLength) return Number.POSITIVE_INFINITY;
  if (isFlush(bytes)) return headLength;
  const head = bytes.subarray(0, headLength).toString("latin1");
  return /^[0-9a-f]{4}$/i.test(head) ? Number.parseInt(head, 16) : 0;
}
