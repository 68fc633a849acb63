import { encodeImpossible } from "./encode-errors.ts";
import { checkText } from "./text.ts";

/**
 * INI has no standard. `php` is read by PHP itself (php.ini, pools of php-fpm) and holds any text;
 * `plain` is what all readers without quotes agree on, and refuses the rest.
 */
export type IniDialect = "php" | "plain";

export type IniSections = Readonly<Record<string, Readonly<Record<string, string>>>>;

const KEY: Readonly<Record<IniDialect, RegExp>> = {
  php: /^[A-Za-z_][A-Za-z0-9_.-]*(\[[A-Za-z0-9_.-]*\])?$/,
  plain: /^[A-Za-z_][A-Za-z0-9_.-]*$/,
};
const PHP_WORDS: ReadonlySet<string> = new Set("null yes no true false on off none".split(" "));
const SECTION = /^[A-Za-z0-9_.:/ -]+$/;
const PLAIN = /^(?![\s"'`;#[])[^\n\r]*(?<![\s\\])$/;
const AMBIGUOUS = /\s[;#]|%\(|\$\{|\$__|(?!\t)\p{Cc}/u;

/** A whole file; the entries of the section named "" come first, without a header. */
export function encodeIni(sections: IniSections, dialect: IniDialect): string {
  const { "": top = {}, ...named } = sections;
  const blocks = Object.entries(named).map(
    ([name, entries]) => `[${checkSection(name)}]\n${encodeEntries(entries, dialect)}`,
  );
  const head = encodeEntries(top, dialect);
  return [...(head === "" ? [] : [head]), ...blocks].join("\n");
}

function checkSection(name: string): string {
  if (SECTION.test(name) && name.trim() === name) return name;
  throw encodeImpossible({ target: "an INI file", what: "such a section name", value: name });
}

function encodeEntries(entries: Readonly<Record<string, string>>, dialect: IniDialect): string {
  return Object.entries(entries)
    .map(([key, value]) =>
      `${checkKey(key, dialect)} = ${encodeIniValue(value, dialect)}`.trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join("");
}

function checkKey(key: string, dialect: IniDialect): string {
  if (KEY[dialect].test(key) && !PHP_WORDS.has(key.toLowerCase())) return key;
  throw encodeImpossible({ target: "an INI file", what: "such a key", value: key });
}

/** What stands behind `=`. */
export function encodeIniValue(value: string, dialect: IniDialect): string {
  checkText("an INI file", value);
  return dialect === "php" ? encodePhpIni(value) : encodePlain(value);
}

/**
 * In double quotes PHP expands `${}` and takes `\"` before a line break for the end; no escape
 * helps. Double quotes and dollars therefore stand in single quotes, side by side with the rest.
 */
function encodePhpIni(value: string): string {
  const escaped = value.replace(/["$]+|\\/g, (match) => (match === "\\" ? "\\\\" : `"'${match}'"`));
  return `"${escaped}"`;
}

function encodePlain(value: string): string {
  if (value === "" || (PLAIN.test(value) && !AMBIGUOUS.test(value))) return value;
  const what = "a value that readers understand differently";
  throw encodeImpossible({ target: "an INI file without quotes", what, value });
}
