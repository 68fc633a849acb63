import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Expectation } from "../expectation.ts";

const root = join(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");

/** Every Nix block of a page. */
function nixBlocks(page: string): string[] {
  return [...read(page).matchAll(/```nix[^\n]*\n([\s\S]*?)```/g)].map((match) => match[1] ?? "");
}

describe("guides", () => {
  it.each(["docs/guides/first-app.md", "docs/guides/hop3-nix.md"])("%s shows valid Nix", (page) => {
    const blocks = nixBlocks(page);
    expect(blocks.length).toBeGreaterThan(0);
    for (const block of blocks) {
      execFileSync("nix-instantiate", ["--parse", "-"], {
        input: block,
        stdio: ["pipe", "ignore", "pipe"],
      });
    }
  });

  it("shows the Flask example as it stands", () => {
    expect(nixBlocks("docs/guides/hop3-nix.md")[0]).toBe(read("examples/flask/hop3.nix"));
  });
});

describe("the guide to plug-ins", () => {
  it.each([
    ["json", "package.json"],
    ["js", "index.js"],
  ])("shows the example's %s as it stands", (language, file) => {
    const fence = "`".repeat(3);
    const [, after = ""] = read("docs/guides/plug-ins.md").split(`${fence}${language} ${file}\n`);
    const [block] = after.split(fence);
    const example = read(`examples/plugins/perl/${file}`);
    // The formatter has other rules for a package.json than for JSON in a page.
    if (language === "json") expect(JSON.parse(block ?? "")).toEqual(JSON.parse(example));
    else expect(block).toBe(example);
  });
});

describe("examples", () => {
  const names = (directory: string) =>
    readdirSync(join(root, directory), { withFileTypes: true })
      .filter(
        (entry) => entry.isDirectory() && !["broken", "plugins", "templates"].includes(entry.name),
      )
      .map((entry) => `${directory}/${entry.name}`);

  it.each([...names("examples"), ...names("examples/templates"), ...names("examples/broken")])(
    "%s says what to expect",
    (path) => {
      const expectation = Expectation.parse(JSON.parse(read(`${path}/expect.json`)));
      expect(expectation.fails !== undefined).toBe(path.startsWith("examples/broken/"));
    },
  );
});
