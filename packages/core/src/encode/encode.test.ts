import { describe, expect, it } from "vitest";
import { nix } from "../nix/build.ts";
import { printNix } from "../nix/print.ts";
import { nixTextFile, nixWriteText } from "../nix/text-file.ts";
import { encodeDotenv } from "./dotenv.ts";
import { encodeIni, encodeIniValue } from "./ini.ts";
import { encodeJson } from "./json.ts";
import { encodePhp } from "./php.ts";
import { encodeShellCommand, encodeShellWord } from "./shell.ts";
import { encodeToml } from "./toml.ts";
import { encodeYaml } from "./yaml.ts";

interface Row {
  readonly name: string;
  readonly actual: () => string;
  readonly text: string;
}

const rows: readonly Row[] = [
  { name: "a plain word", actual: () => encodeShellWord("a/b.c:d@e"), text: "a/b.c:d@e" },
  { name: "an empty word", actual: () => encodeShellWord(""), text: "''" },
  { name: "a quote", actual: () => encodeShellWord("it's"), text: `'it'\\''s'` },
  { name: "a variable", actual: () => encodeShellWord("$HOME"), text: "'$HOME'" },
  { name: "an assignment", actual: () => encodeShellWord("A=b"), text: "'A=b'" },
  { name: "a reserved word", actual: () => encodeShellWord("then"), text: "'then'" },
  { name: "a home directory", actual: () => encodeShellWord("~/x"), text: "'~/x'" },
  {
    name: "a command",
    actual: () => encodeShellCommand(["bin/run", "--name", "a b", "*"]),
    text: "bin/run --name 'a b' '*'",
  },
  {
    name: "dotenv, one form each",
    actual: () =>
      encodeDotenv({ A: "1", B: "a b", C: "it's", D: `it's "x" y`, E: "'\"\n", F: "\\\\", G: "" }),
    text: `A=1\nB='a b'\nC="it's"\nD=it's "x" y\nE=\`'"\n\`\nF=\`\\\\\`\nG=\n`,
  },
  {
    name: "an INI file for PHP",
    actual: () => encodeIni({ "": { top: "1" }, www: { "env[A]": 'a"${b}' } }, "php"),
    text: `top = "1"\n\n[www]\nenv[A] = "a"'"$'"{b}"\n`,
  },
  {
    name: "an INI file without quotes",
    actual: () => encodeIni({ server: { ROOT_URL: "http://a/b?c=d", empty: "" } }, "plain"),
    text: "[server]\nROOT_URL = http://a/b?c=d\nempty =\n",
  },
  {
    name: "JSON",
    actual: () => encodeJson({ a: [1, "b"] }),
    text: '{\n  "a": [\n    1,\n    "b"\n  ]\n}\n',
  },
  {
    name: "YAML in blocks",
    actual: () => encodeYaml({ a: [1, [true]], yes: "no", "b c": { d: {} }, e: 1e21, f: [] }),
    text: 'a:\n  - 1\n  -\n    - true\n"yes": "no"\n"b c":\n  d: {}\ne: 1.0e+21\nf: []\n',
  },
  {
    name: "YAML with a long key",
    actual: () => encodeYaml({ ["k".repeat(130)]: { a: 1 } }),
    text: `? ${"k".repeat(130)}\n:\n  a: 1\n`,
  },
  {
    name: "TOML",
    actual: () => encodeToml({ a: 1, "b c": { d: ["x", "y"] } }),
    text: 'a = 1\n\n["b c"]\nd = [ "x", "y" ]\n',
  },
  {
    name: "PHP",
    actual: () => encodePhp({ a: [1, null], "it's": "\\" }),
    text: "[\n    'a' => [\n        1,\n        null,\n    ],\n    'it\\'s' => '\\\\',\n]",
  },
  {
    name: "a file in the store",
    actual: () => printNix(nixTextFile("run.sh", "echo $A\necho ${B}\n")),
    text: `builtins.toFile "run.sh" ''\n  echo $A\n  echo ''\${B}\n''`,
  },
  {
    name: "a file of the package set",
    actual: () => printNix(nixWriteText("x", nix.string(nix.ref("pkgs", "php"), "/bin/php"))),
    text: 'pkgs.writeText "x" "${pkgs.php}/bin/php"',
  },
];

const refusals: readonly { name: string; act: () => unknown; message: string }[] = [
  { name: "NUL", act: () => encodeShellWord("a\0"), message: "a shell word cannot hold a NUL" },
  { name: "surrogate", act: () => encodeJson(["\ud800"]), message: "JSON cannot hold half of" },
  { name: "key", act: () => encodeYaml({ "a\0": 1 }), message: "YAML cannot hold a NUL" },
  {
    name: "NaN",
    act: () => encodePhp(Number.NaN),
    message: "PHP cannot hold a number that is not",
  },
  { name: "null", act: () => encodeToml({ a: [{ b: null }] }), message: "TOML cannot hold null" },
  { name: "no program", act: () => encodeShellCommand([]), message: "an empty program name" },
  { name: "CR", act: () => encodeDotenv({ A: "a\rb" }), message: "a carriage return" },
  { name: "name", act: () => encodeDotenv({ "A-B": "" }), message: 'not a variable\'s: "A-B"' },
  {
    name: "quotes",
    act: () => encodeDotenv({ A: "\n'\"`" }),
    message: "all three kinds of quotes",
  },
  { name: "key", act: () => encodeIni({ a: { "b=c": "" } }, "plain"), message: "such a key" },
  { name: "word", act: () => encodeIni({ a: { Yes: "" } }, "php"), message: "such a key" },
  { name: "section", act: () => encodeIni({ "a]": {} }, "php"), message: "such a section name" },
  { name: "line break", act: () => encodeIniValue("a\nb", "plain"), message: "differently" },
  { name: "comment", act: () => encodeIniValue("a ;b", "plain"), message: "differently" },
  { name: "store name", act: () => nixTextFile(".x", ""), message: "a name in the Nix store" },
];

describe("encoders", () => {
  it.each(rows)("write $name", ({ actual, text }) => {
    expect(actual()).toBe(text);
  });

  it.each(refusals)("refuse what the language cannot hold: $name", ({ act, message }) => {
    const failure = { code: "ENCODE_IMPOSSIBLE", message: expect.stringContaining(message) };
    expect(act).toThrow(expect.objectContaining(failure));
  });
});
