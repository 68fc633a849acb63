import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../config/load.ts";
import { NixSection } from "../config/nix-section.ts";
import { Hop3Error } from "../errors.ts";
import { makeMemoryTree } from "../source/tree.ts";
import { templates } from "./registry.ts";
import { selectTemplate } from "./select-template.ts";
import { commonKeys, inputsOf } from "./template.ts";

function failureOf(work: () => unknown): Hop3Error["failure"] | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof Hop3Error) return error.failure;
    throw error;
  }
  return undefined;
}

describe("the registry", () => {
  it("has every folder, and nothing else", () => {
    const folders = readdirSync(import.meta.dirname, { withFileTypes: true });
    const names = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    expect(templates.map(({ id }) => id).sort()).toEqual(names.sort());
    for (const name of names) {
      expect(readdirSync(`${import.meta.dirname}/${name}`)).toContain("template.ts");
    }
  });

  it("knows every key of [nix]", () => {
    const known = new Set([...commonKeys, ...templates.flatMap(({ keys }) => keys)]);
    // Of the template that is now nixpkgs-wrapper; see formerNames.
    const others = Object.keys(NixSection.shape).filter((key) => key !== "pip-packages");
    expect([...known].sort()).toEqual(others.sort());
  });

  it.each(templates.map((template) => [template.id, template] as const))(
    "%s has a title, a description and strict inputs",
    (_id, template) => {
      expect(template.title).not.toBe("");
      expect(template.description).toMatch(/\.$/);
      expect(inputsOf(template).safeParse({ "no-such-key": 1 }).success).toBe(false);
    },
  );
});

const hash = "0".repeat(64);

describe("wrong input", () => {
  const wrong: readonly (readonly [toml: string, code: string, message: string, line: number])[] = [
    ['template = "php-ap"', "TEMPLATE_UNKNOWN", "'php-ap'", 2],
    ['template = "static-site"\nwar-file = "a"', "TEMPLATE_KEY_FOREIGN", "java-war", 3],
    ['template = "java-war"\nurl = "http://x/a"', "TEMPLATE_INPUT", "sha256 is missing", 2],
    [
      `template = "static-site"\nnixpkgs-rev = "${"a".repeat(40)}"`,
      "TEMPLATE_INPUT",
      "half a pin",
      3,
    ],
    [`template = "static-site"\nnixpkgs-sha256 = "${hash}"`, "TEMPLATE_INPUT", "half a pin", 3],
  ];

  it.each(wrong)("%j", (toml, ...[code, message, line]) => {
    const loaded = loadConfig(`[nix]\n${toml}\n`);
    const failure = failureOf(() =>
      selectTemplate({ tree: makeMemoryTree({ a: "" }), loaded }, templates),
    );
    expect(failure).toMatchObject({ code, place: { file: "hop3.toml", line } });
    expect(failure?.message).toContain(message);
    expect(failure?.hint).toBeTruthy();
  });
});

describe("detection", () => {
  const trees: readonly (readonly [files: string, template: string | undefined])[] = [
    ["index.html css/a.css", "static-site"],
    ["public/index.html README.md", "static-site"],
    ["index.html package.json", undefined],
    ["package.json package-lock.json index.html", "node-source"],
    ["package.json npm-shrinkwrap.json", "node-source"],
    ["package.json", undefined],
    ["requirements.txt Procfile app.py", "python-venv"],
    ["requirements.txt app.py", undefined],
    ["index.php", "php-app"],
    ["public/index.php composer.json vendor/autoload.php", "php-app"],
    ["index.php composer.json", undefined],
    ["main.c", undefined],
    ["go.mod main.go", "go-source"],
    ["go.mod cmd/hello/main.go", "go-source"],
    ["go.mod lib/lib.go", undefined],
    ["Cargo.toml Cargo.lock src/main.rs", "rust-source"],
    ["Cargo.toml Cargo.lock server/src/bin/web.rs Cargo.toml", "rust-source"],
    ["Cargo.toml src/main.rs", undefined],
    ["Cargo.toml Cargo.lock src/lib.rs", undefined],
  ];

  it.each(trees)("%s: %s", (files, template) => {
    const tree = makeMemoryTree(Object.fromEntries(files.split(" ").map((file) => [file, ""])));
    const chosen = selectTemplate({ tree, loaded: loadConfig("") }, templates);
    expect(chosen?.template.id).toBe(template);
  });

  it("of two that fit names both, and what decides", () => {
    const tree = makeMemoryTree({
      "package.json": "",
      "package-lock.json": "",
      "requirements.txt": "",
      Procfile: "",
    });
    const failure = failureOf(() => selectTemplate({ tree, loaded: loadConfig("") }, templates));
    expect(failure?.code).toBe("DETECT_AMBIGUOUS");
    expect(failure?.detail).toContain(
      "python-venv  found requirements.txt\nnode-source  found package.json",
    );
    expect(failure?.hint).toContain("[nix] template =");
  });
});
