import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../config/load.ts";
import { Hop3Error } from "../errors.ts";
import { answerInputs } from "./answer-inputs.ts";
import { checkAnswer } from "./check-answer.ts";
import { CatalogueIndex, RecipePath } from "./index-file.ts";
import { loadRecipe } from "./load-recipe.ts";
import { type InputValue, RecipeInput } from "./recipe.ts";
import { setKeys } from "./set-keys.ts";

const sheet = `title = "A wiki"
summary = "Pages that many write"
description = "Long."
version = "1"
categories = ["wiki"]
homepage = "https://wiki.example.org/"
license = "MIT"
`;
const inputs = `[[inputs]]
name = "title"
label = "Name of the wiki"
default = "Wiki"
env = "TITLE"
[[inputs]]
name = "password"
label = "Password"
type = "password"
generate = "password"
env = "PASSWORD"
[[inputs]]
name = "email"
label = "E-mail"
type = "email"
required = true
env = "EMAIL"
[[inputs]]
name = "memory"
label = "Memory"
type = "size"
env = "MEMORY"
config = "limits.memory"
[[inputs]]
name = "domain"
label = "Address"
type = "domain"
config = "domains.list"
`;
const config = '[nix]\ntemplate = "nixpkgs-wrapper"\n[domains]\nlist = ["a.example.org"]\n';
const recipe = loadRecipe("wiki", { recipe: sheet + inputs, config });

function failureOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof Hop3Error) return `${error.code} ${error.message}`;
    throw error;
  }
  return "none";
}

describe("answers to a recipe", () => {
  it("become variables, values to make, and keys of hop3.toml", () => {
    const given = { email: "a@example.org", memory: " 512m ", domain: "Wiki.example.org" };
    const answered = answerInputs(recipe, given);
    expect(answered.values).toEqual({ TITLE: "Wiki", EMAIL: "a@example.org", MEMORY: "512M" });
    expect(answered.generated).toEqual({ PASSWORD: { generate: "password" } });
    const { limits, domains } = loadConfig(answered.config).config;
    expect(limits?.memory).toBe("512M");
    expect(domains?.list).toEqual(["a.example.org", "wiki.example.org"]);
  });

  it("make the list of domains where the recipe has none", () => {
    const bare = loadRecipe("wiki", { recipe: sheet + inputs, config: "" });
    const given = { email: "a@example.org", domain: "wiki.example.org" };
    const { domains } = loadConfig(answerInputs(bare, given).config).config;
    expect(domains?.list).toEqual(["wiki.example.org"]);
  });

  it("that are wrong are all named at once", () => {
    const said = failureOf(() => answerInputs(recipe, { titel: "x", domain: "http://x" }));
    expect(said).toBe(
      "RECIPE_INPUTS_INVALID wiki cannot be installed with these answers: 'titel' is nothing that it asks (did you mean title?); email is missing; domain has to be a host name, such as wiki.example.org",
    );
  });

  it("that are stored are neither asked for again nor made anew", () => {
    const stored = new Map([
      ["EMAIL", "a@example.org"],
      ["PASSWORD", "x"],
      ["TITLE", "Old"],
      ["MEMORY", "2G"],
    ]);
    const answered = answerInputs(recipe, { title: "New" }, { stored });
    expect(answered).toMatchObject({ values: { TITLE: "New" }, generated: {} });
    expect(loadConfig(answered.config).config.limits?.memory).toBe("2G");
  });

  it.each<[object, InputValue, string]>([
    [{ type: "number", min: 1, max: 9 }, "10", "has to be at most 9"],
    [{ type: "number", min: 1 }, 0, "has to be at least 1"],
    [{ type: "number" }, "1e9", "has to be a number"],
    [{ type: "size" }, "512", "has to be a size, such as 512M or 2G"],
    [{ type: "size" }, "0M", "has to be a size, such as 512M or 2G"],
    [{ type: "boolean" }, "yes", "has to be true or false"],
    [{ type: "choice", choices: ["a", "b"] }, "c", "has to be one of: a, b"],
    [{ type: "email" }, "somebody", "has to be an e-mail address"],
    [{ type: "text" }, "two\nlines", "has to be one line of text"],
    [{ type: "password" }, "x".repeat(2001), "is longer than 2000 characters"],
  ])("%j refuses %j", (more, answer, reason) => {
    const input = RecipeInput.parse({ name: "it", label: "It", env: "IT", ...more });
    expect(checkAnswer(input, answer)).toEqual({ ok: false, reason });
  });

  it("go into hop3.toml as what they are, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: "grapheme" }), (text) => {
        const { env } = loadConfig(setKeys("", [{ config: "env.GREETING", value: text }])).config;
        expect(env?.["GREETING"]).toBe(text);
      }),
    );
  });
});

describe("a recipe that cannot be used", () => {
  it.each([
    ["", "title: "],
    ["title = ", "wiki/recipe.toml is not valid TOML"],
    [`${sheet}[[inputs]]\nname = "a"\nlabel = "A"\n`, "sets neither a variable (env)"],
    [
      `${sheet}[[inputs]]\nname = "a"\nlabel = "A"\ntype = "password"\nconfig = "env.A"\n`,
      "a password cannot go into hop3.toml",
    ],
    [
      `${sheet}[[inputs]]\nname = "a"\nlabel = "A"\nconfig = "limits.memory"\n`,
      "needs a variable (env) as well",
    ],
    [
      `${sheet}[[inputs]]\nname = "a"\nlabel = "A"\ntype = "number"\ndefault = "x"\nenv = "A"\n`,
      "the default of a has to be a number",
    ],
    [
      `${sheet}[[inputs]]\nname = "a"\nlabel = "A"\ndefault = "x"\nenv = "A"\nconfig = "nix.nonsense"\n`,
      "nonsense",
    ],
  ])("%j says why", (text, reason) => {
    const said = failureOf(() => loadRecipe("wiki", { recipe: text, config }));
    expect(said).toContain("RECIPE_INVALID the recipe wiki cannot be used: ");
    expect(said).toContain(reason);
  });
});

describe("an index", () => {
  const file = (path: string) => ({ path, size: 1, sha256: "0".repeat(64) });
  const index = (...paths: string[]) => ({
    schema: 1,
    name: "test",
    serial: 1,
    recipes: [
      {
        id: "wiki",
        version: "1",
        sets: [],
        files: ["hop3.toml", "recipe.toml", ...paths].map(file),
      },
    ],
  });

  it("names files below the recipe", () => {
    expect(CatalogueIndex.safeParse(index("pages/index.html")).success).toBe(true);
  });

  it.each([
    "../x",
    "/etc/passwd",
    "a/../b",
    "a//b",
    "./a",
    "a/",
    ".git/config",
    "a\\b",
    "a\0b",
    "a\n",
    "hop3.toml",
    "hop3.toml/x",
  ])("does not name %j", (path) => {
    expect(CatalogueIndex.safeParse(index(path)).success).toBe(false);
  });

  it("takes no path that leads out, whatever its letters", () => {
    const letters = fc.constantFrom(".", "/", "\\", "a", "\0", "-");
    fc.assert(
      fc.property(fc.string({ unit: letters, maxLength: 12 }), (path) => {
        if (!RecipePath.safeParse(path).success) return;
        expect(path.split("/").every((part) => /^[a-z_]/i.test(part))).toBe(true);
      }),
    );
  });
});
