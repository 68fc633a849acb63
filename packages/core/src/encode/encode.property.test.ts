import { spawnSync } from "node:child_process";
import { parseEnv } from "node:util";
import fc from "fast-check";
import { parse as parseToml } from "smol-toml";
import { describe, expect, it } from "vitest";
import { parse as parseYaml } from "yaml";
import { evalNix, readWith } from "../../test/nix-eval.ts";
import { anyText } from "../../test/nix-trees.ts";
import { nix } from "../nix/build.ts";
import { printNix } from "../nix/print.ts";
import { nixTextFile } from "../nix/text-file.ts";
import { encodeDotenv } from "./dotenv.ts";
import { encodeIni } from "./ini.ts";
import { encodeJson } from "./json.ts";
import type { JsonObject, JsonValue } from "./json-value.ts";
import { encodePhp } from "./php.ts";
import { encodeShellCommand, encodeShellWord } from "./shell.ts";
import { encodeToml } from "./toml.ts";
import { encodeYaml } from "./yaml.ts";

/** Readers of the distribution (python3, python3-yaml, php-cli); without one, its test is skipped. */
const has = {
  php: works("php", ["-r", ""]),
  python: works("/usr/bin/python3", ["-c", "import tomllib, yaml"]),
};

const LARGE = `'"\\\${}\n`.repeat(8192);
const texts = [...fc.sample(anyText, 500), "", "'", '"', "\\", "\n", " ", "\r\n", "-n", "-", LARGE];

const { value: anyJson } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    fc.constantFrom(true, false, 0, 1.5, -7, 1e21, 1e-7, 123456789012),
    anyText,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(anyKey(), tie("value"), { maxKeys: 4 }),
  ),
}));
const values = fc.sample(anyJson, 300);
const withNull = [...values, null, [null], { "": null, "<<": 1, ["long key ".repeat(150)]: [{}] }];

/** PHP and JavaScript both have a mind of their own about keys that look like integers. */
function anyKey(): fc.Arbitrary<string> {
  return anyText.filter((key) => key !== "__proto__" && !/^-?\d+$/.test(key));
}

function works(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: "ignore" }).status === 0;
}

function python(script: string, text: string): unknown {
  return JSON.parse(readWith("/usr/bin/python3", ["-c", script], text));
}

function php(code: string, text: string): unknown {
  return JSON.parse(readWith("php", ["-d", "memory_limit=1G", "-r", code, "--"], text));
}

function numbered(items: readonly string[]): Record<string, string> {
  return Object.fromEntries(items.map((item, index) => [`K${index}`, item]));
}

/** The first entry that did not survive, cut to a length that a report can show. */
function firstLoss(read: unknown, wanted: object): unknown {
  const found: Record<string, unknown> = Object(read);
  const lost = Object.entries(wanted).find(
    ([key, value]) => JSON.stringify(found[key]) !== JSON.stringify(value),
  );
  if (lost !== undefined) return { lost: cut(lost), read: cut(found[lost[0]]) };
  const extra = Object.keys(found).filter((key) => !Object.hasOwn(wanted, key));
  return extra.length === 0 ? undefined : { extra: cut(extra) };
}

function cut(value: unknown): string | undefined {
  return JSON.stringify(value)?.slice(0, 200);
}

describe("texts survive, with the real readers", () => {
  it("as words of a shell", () => {
    const lines = texts.map((text) => `printf '%s\\0' ${encodeShellWord(text)}`);
    const read = readWith("/bin/sh", [], `${lines.join("\n")}\n`).split("\0");
    expect(firstLoss(read, [...texts, ""])).toBeUndefined();
    const command = encodeShellCommand(["printf", "%s\\0", ...texts.slice(0, 100)]);
    expect(readWith("/bin/sh", [], command)).toBe(`${texts.slice(0, 100).join("\0")}\0`);
  });

  it("as content of a store file", () => {
    const files = texts.map((text) =>
      nix.call(nix.ref("builtins", "readFile"), nixTextFile("text", text)),
    );
    expect(
      firstLoss(evalNix(printNix(nix.list(files)), ["--read-write-mode"]), texts),
    ).toBeUndefined();
  });

  it("in a dotenv file for Node, and quoted also for a shell", () => {
    const held = texts.filter(isDotenv);
    expect(held.length).toBeGreaterThan(texts.length / 2);
    expect(
      firstLoss({ ...parseEnv(encodeDotenv(numbered(held))) }, numbered(held)),
    ).toBeUndefined();
    const shared = held.filter((text) => !/'|\\\\|\\$/.test(text));
    const names = shared.map((_, index) => `"$K${index}"`).join(" ");
    const script = `${encodeDotenv(numbered(shared))}printf '%s\\0' ${names}\n`;
    expect(firstLoss(readWith("/bin/sh", [], script).split("\0"), [...shared, ""])).toBeUndefined();
  });

  it.skipIf(!has.php)("in an INI file for PHP", () => {
    const code = "echo json_encode(parse_ini_file($argv[1], true));";
    const read = php(code, encodeIni({ "a b": numbered(texts) }, "php"));
    expect(firstLoss(Object(read)["a b"], numbered(texts))).toBeUndefined();
  });

  it.skipIf(!has.python)("in an INI file without quotes", () => {
    const held = texts.filter((text) => !refused(() => encodeIni({ s: { k: text } }, "plain")));
    const script = `import configparser, json, sys
parser = configparser.ConfigParser(inline_comment_prefixes=(" ;", " #"), interpolation=None)
parser.optionxform = str
parser.read(sys.argv[1], "utf-8")
print(json.dumps(dict(parser["s"])))`;
    expect(
      firstLoss(python(script, encodeIni({ s: numbered(held) }, "plain")), numbered(held)),
    ).toBeUndefined();
  });
});

describe("values survive, with the real readers", () => {
  it("as JSON", () => {
    expect(firstLoss(JSON.parse(encodeJson(withNull)), withNull)).toBeUndefined();
    expect(firstLoss(JSON.parse(encodeJson(texts)), texts)).toBeUndefined();
  });

  it("as YAML 1.2", () => {
    expect(firstLoss(parseYaml(encodeYaml(withNull)), withNull)).toBeUndefined();
    expect(firstLoss(parseYaml(encodeYaml(numbered(texts))), numbered(texts))).toBeUndefined();
  });

  it.skipIf(!has.python)("as YAML 1.1", () => {
    const script = `import json, sys, yaml
print(json.dumps(yaml.safe_load(open(sys.argv[1], newline="", encoding="utf-8"))))`;
    expect(firstLoss(python(script, encodeYaml(withNull)), withNull)).toBeUndefined();
    expect(firstLoss(python(script, encodeYaml(numbered(texts))), numbered(texts))).toBeUndefined();
  });

  it("as TOML, for JavaScript", () => {
    const document: JsonObject = { values, texts, ...numbered(texts) };
    expect(firstLoss(parseToml(encodeToml(document)), document)).toBeUndefined();
  });

  it.skipIf(!has.python)("as TOML, for Python", () => {
    const script = `import json, sys, tomllib
print(json.dumps(tomllib.load(open(sys.argv[1], "rb"))))`;
    const document: JsonObject = { values, texts, ...numbered(texts) };
    expect(firstLoss(python(script, encodeToml(document)), document)).toBeUndefined();
  });

  it.skipIf(!has.php)("as a PHP literal", () => {
    const code = `$read = include $argv[1];
foreach ($read as [$value, $json]) $same[] = $value === json_decode($json, true);
echo json_encode($same);`;
    const pairs = [...withNull, ...texts].map((value) => [value, JSON.stringify(value)]);
    const file = `<?php\nreturn ${encodePhp(pairs)};\n`;
    expect(php(code, file)).toEqual(pairs.map(() => true));
  });
});

function isDotenv(text: string): boolean {
  return !refused(() => encodeDotenv({ A: text }));
}

function refused(act: () => unknown): boolean {
  try {
    act();
    return false;
  } catch {
    return true;
  }
}
