import { machineOf, type Target } from "../target.ts";
import { compareWith, isVersionOperator } from "./pep440.ts";

/** A name as the index compares names (PEP 503). */
export function normalizePythonName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}

/** A dependency as requirements.txt and pyproject.toml write it (PEP 508). */
export interface Requirement {
  /** Normalised. */
  readonly name: string;
  readonly extras: readonly string[];
  /** `>=1,<2`, without blanks; empty where any version will do. */
  readonly specifiers: string;
  readonly url?: string | undefined;
  readonly marker?: string | undefined;
}

const head = /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*(.*)$/s;

/** Reads one requirement; undefined where it is not one. */
export function parseRequirement(text: string): Requirement | undefined {
  const [, name, extras = "", rest = ""] = head.exec(text.trim()) ?? [];
  if (name === undefined) return undefined;
  const isUrl = rest.startsWith("@");
  // A semicolon may be part of an address; before a marker it stands behind a blank.
  const cut = isUrl ? rest.search(/\s;/) : rest.indexOf(";");
  const body = (cut === -1 ? rest : rest.slice(0, cut)).trim();
  const marker = cut === -1 ? undefined : rest.slice(cut).replace(/^\s*;/, "").trim();
  const specifiers = isUrl ? "" : body.replace(/^\((.*)\)$/, "$1").replace(/\s+/g, "");
  if (!/^(?:[=!<>~]{1,3}[^,=<>~()]+(?:,|$))*$/.test(specifiers)) return undefined;
  return {
    name: normalizePythonName(name),
    extras: extras
      .split(",")
      .map((extra) => normalizePythonName(extra.trim()))
      .filter(Boolean)
      .sort(),
    specifiers: specifiers.replace(/,$/, ""),
    url: isUrl ? body.slice(1).trim() : undefined,
    marker: marker === "" ? undefined : marker,
  };
}

export type MarkerEnvironment = Readonly<Record<string, string>>;

const systems: Readonly<Record<string, string>> = {
  linux: "Linux",
  darwin: "Darwin",
  win32: "Windows",
};

/** What markers ask about, for CPython on the target. */
export function markerEnvironment(target: Target): MarkerEnvironment {
  return {
    os_name: target.os === "win32" ? "nt" : "posix",
    sys_platform: target.os,
    platform_system: systems[target.os] ?? target.os,
    platform_machine: machineOf(target),
    platform_python_implementation: "CPython",
    implementation_name: "cpython",
    implementation_version: target.python,
    python_full_version: target.python,
    python_version: target.python.split(".").slice(0, 2).join("."),
    platform_release: "",
    platform_version: "",
  };
}

const tokens = /\s*(?:(\(|\)|===|==|!=|<=|>=|~=|<|>)|"([^"]*)"|'([^']*)'|([A-Za-z_][\w.]*))/y;
const maxTokens = 2_000;

interface Token {
  readonly kind: "symbol" | "string" | "word";
  readonly text: string;
}

/**
 * Evaluates an environment marker; `extras` are those wanted of the package that holds it.
 * undefined where it is not a marker.
 */
export function evaluateMarker(
  marker: string,
  environment: MarkerEnvironment,
  extras: readonly string[] = [],
): boolean | undefined {
  const list = tokenize(marker);
  if (list === undefined) return undefined;
  const reader = new MarkerReader(list, environment, extras);
  const value = reader.readOr(0);
  return reader.isDone() ? value : undefined;
}

function tokenize(text: string): readonly Token[] | undefined {
  const list: Token[] = [];
  const body = text.trimEnd();
  tokens.lastIndex = 0;
  for (let at = 0; at < body.length; at = tokens.lastIndex) {
    const match = tokens.exec(body);
    if (match === null || list.length > maxTokens) return undefined;
    const [, symbol, double, single, word] = match;
    if (symbol !== undefined) list.push({ kind: "symbol", text: symbol });
    else if (word !== undefined) list.push({ kind: "word", text: word });
    else list.push({ kind: "string", text: double ?? single ?? "" });
  }
  return list;
}

class MarkerReader {
  private readonly list: readonly Token[];
  private readonly environment: MarkerEnvironment;
  private readonly extras: readonly string[];
  private at = 0;

  constructor(list: readonly Token[], environment: MarkerEnvironment, extras: readonly string[]) {
    this.list = list;
    this.environment = environment;
    this.extras = extras;
  }

  isDone(): boolean {
    return this.at === this.list.length;
  }

  readOr(depth: number): boolean | undefined {
    let value = this.readAnd(depth);
    while (this.take("or")) {
      const right = this.readAnd(depth);
      value = value === undefined || right === undefined ? undefined : value || right;
    }
    return value;
  }

  private readAnd(depth: number): boolean | undefined {
    let value = this.readTerm(depth);
    while (this.take("and")) {
      const right = this.readTerm(depth);
      value = value === undefined || right === undefined ? undefined : value && right;
    }
    return value;
  }

  private readTerm(depth: number): boolean | undefined {
    if (depth > 50) return undefined;
    if (!this.take("(")) return this.readComparison();
    const value = this.readOr(depth + 1);
    return this.take(")") ? value : undefined;
  }

  private readComparison(): boolean | undefined {
    const left = this.next();
    const operator = this.readOperator();
    const right = this.next();
    if (left === undefined || right === undefined || operator === undefined) return undefined;
    if (isExtra(left) || isExtra(right)) {
      return this.compareExtra(isExtra(left) ? right.text : left.text, operator);
    }
    const isVersion = [left, right].some(
      ({ kind, text }) => kind === "word" && /^(?:python_|implementation_version$)/.test(text),
    );
    const [a, b] = [this.valueOf(left), this.valueOf(right)];
    if (a === undefined || b === undefined) return undefined;
    return compare(a, operator, { text: b, isVersion });
  }

  private compareExtra(name: string, operator: string): boolean | undefined {
    const has = this.extras.includes(normalizePythonName(name));
    if (operator === "==") return has;
    return operator === "!=" ? !has : undefined;
  }

  private valueOf({ kind, text }: Token): string | undefined {
    if (kind === "string") return text;
    return Object.hasOwn(this.environment, text) ? this.environment[text] : undefined;
  }

  private readOperator(): string | undefined {
    if (this.take("not")) return this.take("in") ? "not in" : undefined;
    if (this.take("in")) return "in";
    return this.next()?.text;
  }

  private next(): Token | undefined {
    const token = this.list[this.at];
    this.at += 1;
    return token;
  }

  private take(text: string): boolean {
    const token = this.list[this.at];
    if (token === undefined || token.kind === "string" || token.text !== text) return false;
    this.at += 1;
    return true;
  }
}

function isExtra({ kind, text }: Token): boolean {
  return kind === "word" && text === "extra";
}

function compare(
  left: string,
  operator: string,
  right: { readonly text: string; readonly isVersion: boolean },
): boolean | undefined {
  if (operator === "in") return right.text.includes(left);
  if (operator === "not in") return !right.text.includes(left);
  if (!isVersionOperator(operator)) return undefined;
  const byVersion = right.isVersion ? compareWith(left, operator, right.text) : undefined;
  if (byVersion !== undefined) return byVersion;
  return compareTexts(left, operator, right.text);
}

function compareTexts(left: string, operator: string, right: string): boolean | undefined {
  if (operator === "==" || operator === "===") return left === right;
  if (operator === "!=") return left !== right;
  if (operator === "<" || operator === "<=")
    return left < right || (operator === "<=" && left === right);
  if (operator === ">" || operator === ">=")
    return left > right || (operator === ">=" && left === right);
  return undefined;
}
