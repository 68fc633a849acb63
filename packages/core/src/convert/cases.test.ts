import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../config/load.ts";
import { Hop3Error } from "../errors.ts";
import { toConfigFile } from "./combine.ts";
import { type Converter, formatWarning } from "./conversion.ts";
import { printToml } from "./print-toml.ts";
import { converters } from "./registry.ts";

const separator = "-----\n";

interface Case {
  readonly file: string;
  readonly has: readonly string[];
  readonly text: string;
}

/** A case may begin with lines `## file NAME` and `## has NAME`. */
function readCase(converter: Converter, path: string): Case {
  let [text = ""] = readFileSync(path, "utf8").split(`\n${separator}`);
  text = text.startsWith(separator) ? "" : `${text}\n`;
  let file = converter.files[0] ?? "";
  const has: string[] = [];
  for (;;) {
    const match = /^## (file|has) (\S+)\n/.exec(text);
    if (match === null) return { file, has, text };
    if (match[1] === "file") file = match[2] ?? "";
    else has.push(match[2] ?? "");
    text = text.slice(match[0].length);
  }
}

/** The hop3.toml, or the failure with its places. */
function show(converter: Converter, { file, has, text }: Case): string {
  try {
    const conversion = converter.convert({ text, file, has: (path) => has.includes(path) });
    const config = toConfigFile(conversion, { hasNixFile: false });
    const toml = printToml(config, conversion.warnings.map(formatWarning));
    expect(loadConfig(toml).config).toEqual(config);
    for (const { place, reason } of conversion.warnings) {
      expect(place).toMatchObject({ file });
      expect(reason).not.toBe("");
    }
    for (const { place } of conversion.facts) expect(place.line).toBeGreaterThan(0);
    return toml;
  } catch (error) {
    if (!(error instanceof Hop3Error)) throw error;
    return `error ${error.code}\n${error.failure.detail}\nhint ${error.failure.hint}\n`;
  }
}

describe.each(converters.map((converter) => [converter.id, converter] as const))(
  "the converter %s",
  (id, converter) => {
    const directory = join(import.meta.dirname, id, "cases");
    const names = readdirSync(directory).sort();

    it("has at least twelve cases, wrong ones included", () => {
      expect(names.length).toBeGreaterThanOrEqual(12);
      const texts = names.map((name) => readFileSync(join(directory, name), "utf8"));
      expect(texts.filter((text) => text.includes(`${separator}error `))).not.toHaveLength(0);
    });

    it.each(names)("converts %s", async (name) => {
      const path = join(directory, name);
      const written = readFileSync(path, "utf8");
      const input = written.slice(0, written.indexOf(separator) + separator.length);
      const shown = show(converter, readCase(converter, path));
      await expect(input + shown).toMatchFileSnapshot(path);
    });
  },
);

describe("the registry", () => {
  it("has every folder of this directory, and each has the same files", () => {
    const entries = readdirSync(import.meta.dirname, { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    expect(converters.map(({ id }) => id).sort()).toEqual(folders.sort());
    for (const folder of folders) {
      expect(existsSync(join(import.meta.dirname, folder, "converter.ts"))).toBe(true);
    }
  });

  it("gives no file to two converters", () => {
    const files = converters.flatMap((converter) => converter.files);
    expect(new Set(files).size).toBe(files.length);
  });
});
