import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { makeSite } from "./site.ts";

const repository = join(import.meta.dirname, "../..");
const site = makeSite(repository);
const pages = [...site].filter(([path]) => path.endsWith(".html"));

function idsOf(html: string): ReadonlySet<string> {
  return new Set([...html.matchAll(/\sid="([^"]+)"/g)].map(([, id = ""]) => id));
}

const ids = new Map(pages.map(([path, html]) => [path, idsOf(html)]));

/** What is wrong with the links of a page; addresses of other sites are not asked. */
function deadLinks(page: string, html: string): readonly string[] {
  const links = [...html.matchAll(/\s(?:href|src|action)="([^"]*)"/g)].map(([, url = ""]) => url);
  return links.filter((link) => {
    if (/^(https?:|mailto:)/.test(link)) return false;
    const [path = "", hash] = link.split("#");
    const local = path.startsWith("/docs/") ? path.slice("/docs/".length) : undefined;
    const target = local ?? (path === "" ? page : posix.join(posix.dirname(page), path));
    if (!site.has(target)) return true;
    return hash !== undefined && ids.get(target)?.has(decodeURIComponent(hash)) !== true;
  });
}

describe("every page of the documentation", () => {
  it.each(pages)("%s leads nowhere that is not there", (page, html) => {
    expect(deadLinks(page, html)).toEqual([]);
  });

  it.each(pages)("%s can be read without a mouse and without scripts", (_page, html) => {
    expect(html.match(/<h1[ >]/g)).toHaveLength(1);
    expect(html).toContain('<a class="skip" href="#content">');
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=|src="https?:/);
    const all = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(all).toEqual([...new Set(all)]);
  });

  it("is in the navigation of all others", () => {
    const [, home = ""] = pages.find(([path]) => path === "index.html") ?? [];
    const missing = pages.filter(
      ([path]) => !home.includes(`href="${path}"`) && !["404.html", "search.html"].includes(path),
    );
    expect(missing.map(([path]) => path)).toEqual([]);
  });
});

describe("the list of decisions", () => {
  it("has all of them", () => {
    const list = site.get("adr/README.html") ?? "";
    const decisions = pages.map(([path]) => path).filter((path) => /^adr\/\d/.test(path));
    expect(decisions.filter((path) => !list.includes(`href="${path.slice(4)}"`))).toEqual([]);
  });
});

describe("links to the source", () => {
  const files = readdirSync(join(repository, "docs"), { recursive: true, encoding: "utf8" });
  it.each(files.filter((path) => path.endsWith(".md")))("%s names what is there", (path) => {
    const text = readFileSync(join(repository, "docs", path), "utf8");
    const prose = text.replaceAll(/^( *)```[\s\S]*?^\1```/gm, "").replaceAll(/`[^`\n]*`/g, "");
    const links = [...prose.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, url = ""]) => url);
    const dead = links.filter(
      (link) => !/^https?:/.test(link) && !existsSync(join(repository, "docs", path, "..", link)),
    );
    expect(dead).toEqual([]);
  });
});

describe("the search", () => {
  const text = site.get("search.json") ?? "";
  const entries = JSON.parse(text) as readonly (readonly [string, string, string, string])[];

  it("finds every heading of every page, at an address that is there", () => {
    expect(entries.length).toBeGreaterThan(300);
    for (const [url] of entries) {
      const [path = "", hash] = url.split("#");
      expect(site.has(path), url).toBe(true);
      if (hash !== undefined) expect(ids.get(path)?.has(hash), url).toBe(true);
    }
  });

  it("fits into 150 kB on its way", () => {
    expect(brotliCompressSync(text).byteLength).toBeLessThan(150_000);
  });
});
