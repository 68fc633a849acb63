import { Marked, type RendererObject, type Token, type Tokens } from "marked";

export interface Heading {
  readonly depth: number;
  readonly id: string;
  readonly text: string;
}

/** What stands under one heading, without its mark-up: what the search looks through. */
export interface Section {
  readonly heading: Heading;
  readonly text: string;
}

export interface Rendered {
  readonly html: string;
  readonly sections: readonly Section[];
}

/** Where a link of a page leads; `undefined` for what the site does not have. */
export type ResolveLink = (href: string) => string | undefined;

/** HTML of a page. HTML in a page is text like any other; links go where `resolve` says. */
export function renderMarkdown(source: string, resolve: ResolveLink): Rendered {
  const ids = new Map<string, number>();
  const headings: Heading[] = [];
  const marked = new Marked({ gfm: true });
  marked.use({
    renderer: {
      ...blocks,
      heading({ tokens, depth }) {
        const inner = this.parser.parseInline(tokens);
        const heading = { depth, id: freeId(plain(inner), ids), text: plain(inner) };
        headings.push(heading);
        return headingHtml(heading, inner);
      },
      link({ href, tokens }) {
        const inner = this.parser.parseInline(tokens);
        const target = resolve(href);
        if (target === undefined) return `<span class="elsewhere">${inner}</span>`;
        const rel = /^https?:/.test(target) ? ' rel="noreferrer"' : "";
        return `<a href="${escapeHtml(target)}"${rel}>${inner}</a>`;
      },
    },
  });
  const parts = splitAtHeadings(marked.lexer(source)).map((tokens) => marked.parser(tokens));
  const sections = parts.flatMap((html, index) => {
    const heading = headings[index];
    return heading === undefined ? [] : [{ heading, text: plain(withoutHeading(html)) }];
  });
  return { html: parts.join(""), sections };
}

const blocks: RendererObject = {
  html: ({ text }: Tokens.HTML | Tokens.Tag) => escapeHtml(text),
  image: ({ text }) => escapeHtml(text),
  code({ text, lang }) {
    const { language, file } = parseInfo(lang);
    const caption = file === undefined ? "" : `<figcaption>${escapeHtml(file)}</figcaption>`;
    const mark = language === "" ? "" : ` class="language-${escapeHtml(language)}"`;
    const code = `<pre tabindex="0"><code${mark}>${escapeHtml(text)}\n</code></pre>`;
    return `<figure class="code">${caption}${code}</figure>\n`;
  },
  table(token) {
    const head = token.header.map((cell) => tableCell("th", this.parser.parseInline(cell.tokens)));
    const rows = token.rows.map((row) =>
      row.map((cell) => tableCell("td", this.parser.parseInline(cell.tokens))).join(""),
    );
    const body = rows.map((row) => `<tr>${row}</tr>\n`).join("");
    const inner = `<thead><tr>${head.join("")}</tr></thead>\n<tbody>${body}</tbody>`;
    return `<div class="table" role="region" aria-label="Table" tabindex="0"><table>${inner}</table></div>\n`;
  },
};

/** An empty head says nothing to a screen reader but that something is missing: it becomes a cell. */
function tableCell(kind: "th" | "td", inner: string): string {
  if (kind === "td" || inner === "") return `<td>${inner}</td>`;
  return `<th scope="col">${inner}</th>`;
}

export interface BlockInfo {
  readonly language: string;
  /** The file that the block is, where it stands after the language. */
  readonly file: string | undefined;
}

/** What stands behind the fence of a block: a language and perhaps a file, as in `nix hop3.nix`. */
export function parseInfo(info: string | undefined): BlockInfo {
  const [language = "", file] = (info ?? "").trim().split(/\s+/);
  return { language, file };
}

export interface Block extends BlockInfo {
  readonly text: string;
}

/** The fenced blocks of a page, in order. */
export function findBlocks(source: string): readonly Block[] {
  return codeTokens(new Marked({ gfm: true }).lexer(source)).map((token) => ({
    ...parseInfo(token.lang),
    text: token.text,
  }));
}

/** Blocks inside lists and quotes too. */
function codeTokens(tokens: readonly Token[]): readonly Tokens.Code[] {
  return tokens.flatMap((token) => {
    if (token.type === "code") return [token as Tokens.Code];
    const inner: readonly Token[] = [...(("tokens" in token && token.tokens) || [])];
    const items: readonly Token[] = token.type === "list" ? (token as Tokens.List).items : [];
    return codeTokens([...inner, ...items]);
  });
}

function headingHtml({ depth, id, text }: Heading, inner: string): string {
  if (depth === 1) return `<h1 id="${id}">${inner}</h1>\n`;
  const label = `aria-label="Link to ${escapeHtml(text)}"`;
  return `<h${depth} id="${id}">${inner} <a class="anchor" href="#${id}" ${label}>#</a></h${depth}>\n`;
}

function withoutHeading(html: string): string {
  return html.replace(/^<h\d[^>]*>.*<\/h\d>\n/, "");
}

/** As code hosts make them, so that links in the files work at both places. */
function freeId(text: string, ids: Map<string, number>): string {
  const id = text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(/\s/g, "-");
  const uses = ids.get(id) ?? 0;
  ids.set(id, uses + 1);
  return uses === 0 ? id : `${id}-${uses}`;
}

function splitAtHeadings(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [];
  for (const token of tokens) {
    const last = parts.at(-1);
    if (token.type === "heading" || last === undefined) parts.push([token]);
    else last.push(token);
  }
  return parts;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}

function plain(html: string): string {
  let text = html.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");
  for (const [character, entity] of Object.entries(entities).reverse()) {
    text = text.replaceAll(entity, character);
  }
  return text.trim();
}
