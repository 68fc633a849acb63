import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../config/load.ts";
import { Hop3Error } from "../errors.ts";
import { combineConversions, toConfigFile } from "./combine.ts";
import { formatWarning } from "./conversion.ts";
import { printToml } from "./print-toml.ts";
import { converters } from "./registry.ts";

function inputsOf(id: string): readonly string[] {
  const directory = join(import.meta.dirname, id, "cases");
  return readdirSync(directory).map((name) => {
    const [input = ""] = readFileSync(join(directory, name), "utf8").split("-----\n");
    return input.replace(/^(?:## .*\n)*/, "");
  });
}

const inserted = fc.constantFrom(
  "",
  "0",
  "-1",
  '""',
  "''",
  "null",
  "[]",
  "{}",
  "\n",
  "x",
  "1e9",
  "$",
  "é",
);

describe.each(converters.map((converter) => [converter.id, converter] as const))(
  "a damaged file of %s",
  (id, converter) => {
    it("is converted to what loadConfig reads, or refused with a place", () => {
      const inputs = inputsOf(id);
      const edit = fc.tuple(fc.nat(), fc.nat(30), inserted);
      const edits = fc.array(edit, { maxLength: 2 });
      fc.assert(
        fc.property(fc.constantFrom(...inputs), edits, (input, changes) => {
          let text = input;
          for (const [at, length, added] of changes) {
            const start = at % (text.length + 1);
            text = text.slice(0, start) + added + text.slice(start + length);
          }
          try {
            const file = converter.files[0] ?? "";
            const made = converter.convert({ text, file, has: () => false });
            const config = toConfigFile(combineConversions([made, made]), { hasNixFile: false });
            const toml = printToml(config, made.warnings.map(formatWarning));
            expect(loadConfig(toml).config).toEqual(config);
          } catch (error) {
            if (!(error instanceof Hop3Error)) throw error;
            expect(["CONVERT_INVALID", "PROCFILE_INVALID"]).toContain(error.code);
            expect(error.failure.place?.line).toBeGreaterThan(0);
          }
        }),
        { numRuns: 200 },
      );
    });
  },
);
