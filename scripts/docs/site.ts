import { readdirSync, readFileSync } from "node:fs";
import { extname, join, posix } from "node:path";
import { type Group, layOut, type PageContent, type PageName, relativeUrl } from "./layout.ts";
import { type Rendered, type ResolveLink, renderMarkdown } from "./markdown.ts";
import { readNavigation } from "./navigation.ts";

/** The files of the site by their path below its root. */
export type Site = ReadonlyMap<string, string>;

interface Page extends PageContent, Rendered {
  readonly group: string;
}

/** Makes the site out of docs/ of a repository. */
export function makeSite(repository: string): Site {
  const docs = join(repository, "docs");
  const navigation = readNavigation(docs);
  const files = new Set(navigation.flatMap(({ pages }) => pages));
  const extra = referencedFiles(docs);
  const pages = navigation.flatMap(({ title, pages: paths }) =>
    paths.map((path) => {
      const source = readFileSync(join(docs, path), "utf8");
      return makePage({ path, source, group: title, resolve: linksOf(path, files, extra) });
    }),
  );
  const groups = navigation.map(({ title }) => ({
    title,
    pages: pages.filter(({ group }) => group === title),
  }));
  return new Map([
    ...pages.map((page, index): [string, string] => [
      page.url,
      layOut(page, { groups, previous: pages[index - 1], next: pages[index + 1] }),
    ]),
    ...ownPages(groups),
    ["search.json", makeSearchIndex(pages)],
    ...extra.map((path): [string, string] => [path, readFileSync(join(docs, path), "utf8")]),
    ...assets(repository),
  ]);
}

interface PageSource {
  readonly path: string;
  readonly source: string;
  readonly group: string;
  readonly resolve: ResolveLink;
}

function makePage({ path, source, group, resolve }: PageSource): Page {
  const rendered = renderMarkdown(source, resolve);
  const headings = rendered.sections.map(({ heading }) => heading);
  const title = headings.find(({ depth }) => depth === 1)?.text;
  if (title === undefined) throw new Error(`docs/${path} has no title`);
  return { ...rendered, url: urlOf(path), title, headings, group };
}

function urlOf(path: string): string {
  return path.replace(/\.md$/, ".html");
}

/** What pages link to and is no page, such as the schema of hop3.toml. */
function referencedFiles(docs: string): readonly string[] {
  return readdirSync(join(docs, "reference"))
    .filter((name) => extname(name) === ".json")
    .map((name) => posix.join("reference", name));
}

/** Links within docs/ stay links; what lies elsewhere in the repository is named and not linked. */
function linksOf(page: string, pages: ReadonlySet<string>, extra: readonly string[]): ResolveLink {
  return (href) => {
    if (/^(https?:|mailto:|#)/.test(href)) return href;
    const [path = "", hash] = href.split("#");
    const target = posix.join(posix.dirname(page), path);
    if (!pages.has(target) && !extra.includes(target)) return undefined;
    const url = relativeUrl(urlOf(page), urlOf(target));
    return hash === undefined ? url : `${url}#${hash}`;
  };
}

/** Pages that have no file in docs/. */
function ownPages(groups: readonly Group[]): readonly [string, string][] {
  const around = { groups, previous: undefined, next: undefined };
  const search = `<h1>Search</h1>
<p id="search-state" role="status">Type into the field at the top. The search needs JavaScript.</p>
<ol id="results"></ol>
`;
  const missing = `<h1>There is no such page</h1>
<p>It may have been moved. Look for it in the list of pages, or search for it.</p>
`;
  const page = (name: PageName, html: string, isAnywhere = false): [string, string] => [
    name.url,
    layOut({ ...name, html, headings: [], isAnywhere }, around),
  ];
  return [
    page({ url: "search.html", title: "Search" }, search),
    page({ url: "404.html", title: "There is no such page" }, missing, true),
  ];
}

/** One entry for each heading: page, its title, heading, what stands under it. */
function makeSearchIndex(pages: readonly Page[]): string {
  const entries = pages.flatMap(({ url, title, sections }) =>
    sections.map(({ heading, text }) => [
      heading.depth === 1 ? url : `${url}#${heading.id}`,
      title,
      heading.depth === 1 ? "" : heading.text,
      text,
    ]),
  );
  return JSON.stringify(entries);
}

function assets(repository: string): readonly [string, string][] {
  const own = join(import.meta.dirname, "assets");
  const styles = [
    join(repository, "packages/web/src/styles/tokens.css"),
    join(own, "frame.css"),
    join(own, "content.css"),
  ];
  return [
    ["site.js", readFileSync(join(own, "site.js"), "utf8")],
    ["site.css", styles.map((path) => readFileSync(path, "utf8")).join("\n")],
    ["icon.svg", readFileSync(join(repository, "packages/web/public/icon.svg"), "utf8")],
  ];
}
