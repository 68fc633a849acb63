import { isNode, LineCounter, parseDocument } from "yaml";
import type { KeyPath } from "../config/positions.ts";
import { convertInvalid, type LocatedDocument } from "./conversion.ts";
import { makeLines } from "./lines.ts";

/** An alias may stand for others; past this the file is a bomb. */
const maxAliases = 200;

/** Reads one YAML document and remembers where each value stands; fails with line and column. */
export function readYaml(text: string, file: string): LocatedDocument {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, merge: true });
  const lines = makeLines(text, file);
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => ({
      message: `not valid YAML: ${error.message}`,
      place: lines.at(error.pos[0]),
    }));
    throw convertInvalid({ problems });
  }
  const placeOf = (path: KeyPath) => {
    for (let length = path.length; length > 0; length--) {
      const node: unknown = document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return lines.at(node.range[0]);
    }
    return { file, line: 1, column: 1 };
  };
  return { file, value: toValue(), placeOf };

  function toValue(): unknown {
    try {
      return document.toJS({ maxAliasCount: maxAliases });
    } catch (cause) {
      // The one error of toJS: aliases that are too many or lead nowhere.
      if (!(cause instanceof ReferenceError)) throw cause;
      const message = `not valid YAML: ${cause.message}`;
      throw convertInvalid({ problems: [{ message, place: { file, line: 1 } }] }, { cause });
    }
  }
}
