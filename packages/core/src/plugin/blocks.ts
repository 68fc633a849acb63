/** What a piece of text is, for those who see colours. */
export type Tone = "good" | "bad" | "warn" | "dim" | "bold";

/** A piece of text with the role it plays; where colour is off the role is dropped. */
export type Span = string | { readonly text: string; readonly tone: Tone };

/** What a command has to say, before anyone decides how it looks. */
export type Block =
  | { readonly kind: "line"; readonly spans: readonly Span[] }
  | { readonly kind: "table"; readonly head: readonly string[]; readonly rows: Rows }
  | { readonly kind: "fields"; readonly rows: readonly (readonly [label: string, value: Span])[] };

/** Cells, row by row. */
export type Rows = readonly (readonly Span[])[];

/** One line of text. */
export function line(...spans: Span[]): Block {
  return { kind: "line", spans };
}

/** Columns below a head; an empty head is left out. */
export function table(head: readonly string[], rows: Rows): Block {
  return { kind: "table", head, rows };
}

/** Rows whose value is undefined are left out. */
export function fields(
  rows: readonly (readonly [label: string, value: Span | undefined])[],
): Block {
  const known: [string, Span][] = [];
  for (const [label, value] of rows) {
    if (value !== undefined) known.push([label, value]);
  }
  return { kind: "fields", rows: known };
}
