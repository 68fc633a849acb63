import { parse, TomlError } from "smol-toml";
import { findPositions } from "../config/positions.ts";
import { convertInvalid, type LocatedDocument } from "./conversion.ts";

/** Reads TOML and remembers where each key stands; fails with line and column. */
export function readToml(text: string, file: string): LocatedDocument {
  try {
    const value: unknown = parse(text);
    const positions = findPositions(text);
    return { file, value, placeOf: (path) => ({ file, ...(positions.find(path) ?? { line: 1 }) }) };
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const [first = ""] = cause.message.split("\n");
    const message = first.replace(/^Invalid TOML document: /, "not valid TOML: ");
    const place = { file, line: cause.line, column: cause.column };
    throw convertInvalid({ problems: [{ message, place }] }, { cause });
  }
}
