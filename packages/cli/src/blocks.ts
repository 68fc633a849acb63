import type { Block, Rows, Span, Tone } from "@hop3/core/plugin";
import { displayWidth, safeLine } from "./text.ts";

export { type Block, fields, line, type Rows, type Span, table } from "@hop3/core/plugin";

const sequences: Readonly<Record<Tone, readonly [on: string, off: string]>> = {
  good: ["\u001b[32m", "\u001b[39m"],
  bad: ["\u001b[31m", "\u001b[39m"],
  warn: ["\u001b[33m", "\u001b[39m"],
  dim: ["\u001b[2m", "\u001b[22m"],
  bold: ["\u001b[1m", "\u001b[22m"],
};

const gap = "  ";

/** The blocks as lines of text. Every span is made safe for a terminal here, so nothing else has to. */
export function renderBlocks(blocks: readonly Block[], options: { colour: boolean }): string[] {
  const lines: string[] = [];
  for (const block of blocks) {
    switch (block.kind) {
      case "line":
        lines.push(renderSpans(block.spans, options.colour));
        break;
      case "table": {
        const head = block.head.map((text): Span => ({ text, tone: "dim" }));
        const rows = head.length === 0 ? block.rows : [head, ...block.rows];
        lines.push(...renderColumns(rows, options.colour));
        break;
      }
      case "fields": {
        const rows = block.rows.map(([label, value]) => [
          { text: label, tone: "dim" } as const,
          value,
        ]);
        lines.push(...renderColumns(rows, options.colour));
        break;
      }
    }
  }
  return lines;
}

function renderSpans(spans: readonly Span[], colour: boolean): string {
  return spans.map((span) => paint(span, colour)).join("");
}

function renderColumns(rows: Rows, colour: boolean): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, span] of row.entries()) {
      widths[index] = Math.max(widths[index] ?? 0, displayWidth(safeText(span)));
    }
  }
  return rows.map((row) => renderRow(row, widths, colour));
}

function renderRow(row: readonly Span[], widths: readonly number[], colour: boolean): string {
  const last = row.findLastIndex((span) => safeText(span) !== "");
  const cells = row.slice(0, last + 1).map((span, index) => {
    if (index === last) return paint(span, colour);
    const missing = (widths[index] ?? 0) - displayWidth(safeText(span));
    return paint(span, colour) + " ".repeat(missing);
  });
  return cells.join(gap);
}

function safeText(span: Span): string {
  return safeLine(typeof span === "string" ? span : span.text);
}

function paint(span: Span, colour: boolean): string {
  const text = safeText(span);
  if (typeof span === "string" || !colour || text === "") return text;
  const [on, off] = sequences[span.tone];
  return `${on}${text}${off}`;
}
