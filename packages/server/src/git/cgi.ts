/** The head of a CGI program's answer. */
export interface CgiHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** What came behind the head already. */
  readonly rest: Buffer;
}

const maxHead = 16_384;

/** Collects the answer of a CGI program until its head is whole; undefined while it is not. */
export function makeCgiReader(): (chunk: Buffer) => CgiHead | undefined {
  let seen = Buffer.alloc(0);
  return (chunk) => {
    seen = Buffer.concat([seen, chunk]);
    const end = /\r?\n\r?\n/.exec(seen.subarray(0, maxHead).toString("latin1"));
    if (end === null) {
      if (seen.length > maxHead) throw new Error("git http-backend answers without a head");
      return undefined;
    }
    const head = seen.subarray(0, end.index).toString("latin1");
    return { ...parseHead(head), rest: seen.subarray(end.index + end[0].length) };
  };
}

function parseHead(text: string): Omit<CgiHead, "rest"> {
  const headers: Record<string, string> = {};
  let status = 200;
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === "status") status = Number.parseInt(value, 10);
    else if (colon > 0) headers[name] = value;
  }
  return { status, headers };
}
