import { parse, TomlError } from "smol-toml";
import type { z } from "zod";
import { lockfileSyntax } from "../lockfile-errors.ts";
import { checkShape } from "./json.ts";

/** Reads TOML into a schema; fails with line and column. */
export function parseToml<Schema extends z.ZodType>(
  input: { readonly file: string; readonly text: string },
  schema: Schema,
): z.infer<Schema> {
  return checkShape(input, schema, readToml(input.file, input.text));
}

function readToml(file: string, text: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const [first = ""] = cause.message.split("\n");
    const problem = first.replace(/^Invalid TOML document: /, "not valid TOML: ");
    throw lockfileSyntax(
      { place: { file, line: cause.line, column: cause.column }, problem },
      { cause },
    );
  }
}
