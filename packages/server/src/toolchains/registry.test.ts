import { loadConfig, makeMemoryTree, selectToolchains, toolchainDetectors } from "@hop3/core";
import { describe, expect, it } from "vitest";
import { toolchains } from "./registry.ts";

describe("toolchains", () => {
  it("are the same ones in the Plan and in the builder", () => {
    const planned = toolchainDetectors.map(({ name }) => name).sort();
    expect(toolchains.map(({ name }) => name).sort()).toEqual(planned);
  });

  const start = JSON.stringify({ scripts: { start: "node ." } });
  const build = JSON.stringify({ scripts: { build: "vite build" } });

  it.each([
    ["nothing known", { "README.md": "" }, "", []],
    ["requirements", { "requirements.txt": "" }, "", ["python"]],
    ["a Node app", { "package.json": start }, "", ["node"]],
    [
      "a front end in a Python app",
      { "setup.py": "", "package.json": build },
      "",
      ["node", "python"],
    ],
    ["two apps", { "setup.py": "", "package.json": start }, "", []],
    ["two apps, one named", { "setup.py": "", "package.json": start }, "python", ["python"]],
    ["pages", { "index.html": "" }, "", ["static"]],
    ["pages beside an app", { "index.html": "", "package.json": start }, "", ["node"]],
  ] as const)("%s", (...row) => {
    const [, files, named, chosen] = row;
    const loaded = loadConfig(named === "" ? "" : `[build]\ntoolchain = "${named}"\n`);
    const texts = new Map(Object.entries(files));
    const question = { tree: makeMemoryTree(files), loaded, texts };
    const choice = selectToolchains(question, toolchainDetectors);
    expect(choice.chosen.map(({ name }) => name)).toEqual(chosen);
    expect(choice.chosen.at(-1)?.role ?? "app").toBe("app");
  });
});
