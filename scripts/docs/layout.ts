import { posix } from "node:path";
import { escapeHtml, type Heading } from "./markdown.ts";

/** A page as others name it. */
export interface PageName {
  /** Below the site's root: `guides/server.html`. */
  readonly url: string;
  readonly title: string;
}

export interface Group {
  readonly title: string;
  readonly pages: readonly PageName[];
}

export interface PageContent extends PageName {
  readonly html: string;
  readonly headings: readonly Heading[];
  /** Shown in the place of whatever is missing, so that nothing can be relative to where it is. */
  readonly isAnywhere?: boolean;
}

export interface Surroundings {
  readonly groups: readonly Group[];
  readonly previous: PageName | undefined;
  readonly next: PageName | undefined;
}

/** Where the server has the site. */
const servedAt = "/docs/";

/** The address of one file of the site as another one writes it: the site may lie anywhere. */
export function relativeUrl(from: string, to: string): string {
  return posix.relative(posix.dirname(from), to);
}

/** The whole page. Nothing in it needs a script or a style of its own: the content policy allows none. */
export function layOut(page: PageContent, around: Surroundings): string {
  const at = (url: string) =>
    page.isAnywhere === true ? `${servedAt}${url}` : relativeUrl(page.url, url);
  const title = page.url === "index.html" ? page.title : `${page.title} · Hop3`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="${at("icon.svg")}" type="image/svg+xml">
<link rel="stylesheet" href="${at("site.css")}">
<script src="${at("site.js")}"></script>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<a class="brand" href="${at("index.html")}"><img src="${at("icon.svg")}" alt="" width="26" height="26">Hop3 documentation</a>
<button type="button" id="menu" aria-expanded="false" aria-controls="pages">Pages</button>
<form role="search" action="${at("search.html")}"><input type="search" name="q" aria-label="Search the documentation" placeholder="Search"></form>
<button type="button" id="theme">Theme: system</button>
</header>
<div class="columns">
<nav id="pages" aria-label="Pages">
${around.groups.map((group) => groupHtml(group, page.url, at)).join("\n")}
</nav>
<main id="content" tabindex="-1">
${page.html}${neighbours(page.url, around)}
</main>
${contentsOf(page.headings)}
</div>
</body>
</html>
`;
}

function groupHtml({ title, pages }: Group, here: string, at: (url: string) => string): string {
  const items = pages.map((page) => {
    const mark = page.url === here ? ' aria-current="page"' : "";
    return `<li><a href="${at(page.url)}"${mark}>${escapeHtml(page.title)}</a></li>`;
  });
  return `<h2>${escapeHtml(title)}</h2>\n<ul>\n${items.join("\n")}\n</ul>`;
}

function neighbours(here: string, { previous, next }: Surroundings): string {
  const link = (page: PageName | undefined, rel: "prev" | "next", label: string): string => {
    if (page === undefined) return "";
    const href = relativeUrl(here, page.url);
    return `<a rel="${rel}" href="${href}"><span>${label}</span> ${escapeHtml(page.title)}</a>`;
  };
  const links = link(previous, "prev", "Previous") + link(next, "next", "Next");
  return links === ""
    ? ""
    : `<nav class="neighbours" aria-label="Previous and next">${links}</nav>`;
}

/** The second level only, and of short pages nothing: it is a help to find something, not a second page. */
function contentsOf(headings: readonly Heading[]): string {
  const shown = headings.filter(({ depth }) => depth === 2);
  if (shown.length < 2) return "";
  const items = shown.map(({ id, text }) => `<li><a href="#${id}">${escapeHtml(text)}</a></li>`);
  return `<nav class="contents" aria-label="On this page">\n<h2>On this page</h2>\n<ul>\n${items.join("\n")}\n</ul>\n</nav>`;
}
