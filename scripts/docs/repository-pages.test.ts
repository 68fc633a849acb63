import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const repository = join(import.meta.dirname, "../..");
const read = (page: string): string => readFileSync(join(repository, page), "utf8");

/** Stages: directories with sources. */
function stagesOf(name: string): readonly string[] {
  const sources = join(repository, "packages", name, "src");
  return readdirSync(sources, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .flatMap(({ parentPath }) => parentPath.slice(sources.length + 1).split("/")[0] || []);
}

describe("pages at the top of the repository", () => {
  it.each(["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "CHANGELOG.md"])(
    "%s names what is there",
    (page) => {
      const links = [...read(page).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, url = ""]) => url);
      const dead = links.filter(
        (link) => !/^https?:/.test(link) && !existsSync(join(repository, link)),
      );
      expect(dead).toEqual([]);
    },
  );

  it.each(["core", "server"])("ARCHITECTURE.md has every stage of %s", (name) => {
    const page = read("ARCHITECTURE.md");
    const missing = stagesOf(name).filter(
      (stage) => !page.includes(`](packages/${name}/src/${stage})`),
    );
    expect([...new Set(missing)]).toEqual([]);
  });
});
