import { parse, stringify, type TomlTable } from "smol-toml";
import { loadConfig } from "../config/load.ts";
import type { InputValue } from "./recipe.ts";

interface KeyValue {
  /** `limits.memory` */
  readonly config: string;
  readonly value: InputValue;
  /** One more element of a list, which may not be there yet. */
  readonly inList?: boolean;
}

/** The text of a hop3.toml with more keys; fails as any hop3.toml does where they do not fit in. */
export function setKeys(text: string, values: readonly KeyValue[]): string {
  if (values.length === 0) return text;
  const config = parse(text);
  for (const { config: key, value, inList = false } of values) {
    setKey(config, key.split("."), (known) => {
      if (inList) return [...(Array.isArray(known) ? known : []), value];
      return value;
    });
  }
  const written = stringify(config);
  loadConfig(written);
  return written;
}

type Value = TomlTable[string];

function setKey(
  table: TomlTable,
  path: readonly string[],
  make: (known: Value | undefined) => Value,
): void {
  const [key = "", ...rest] = path;
  const known = Object.hasOwn(table, key) ? table[key] : undefined;
  if (rest.length === 0) {
    defineOwn(table, key, make(known));
    return;
  }
  const below = isTable(known) ? known : {};
  defineOwn(table, key, below);
  setKey(below, rest, make);
}

/** `__proto__` is a key like any other. */
function defineOwn(table: TomlTable, key: string, value: Value): void {
  Object.defineProperty(table, key, {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}

function isTable(value: unknown): value is TomlTable {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date)
  );
}
