import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { loadConfig } from "../config/load.ts";
import { encodeToml } from "../encode/toml.ts";
import { Hop3Error } from "../errors.ts";
import { nix } from "../nix/build.ts";
import { recipeSecrets } from "./assignments.ts";
import { configTemplate } from "./config-file.ts";
import { parseText, type TextScope } from "./parse-text.ts";
import { renderConfigScript } from "./render-config.ts";
import { shellWord } from "./shell.ts";

const scope: TextScope = {
  key: "[nix.env-exports] A",
  place: { file: "hop3.toml", line: 1, column: 1 },
  names: { pkg: nix.ref("package"), APPDIR: nix.string(nix.ref("package"), "/app") },
  version: "1.2",
};
const dir = mkdtempSync(join(tmpdir(), "hop3-launcher-"));
afterAll(() => rmSync(dir, { recursive: true }));

/** What bash makes of a word; expressions are shown by their name. */
function inShell(text: string, env: Record<string, string> = {}): string {
  const word = shellWord(parseText(text, scope, { hasBareVariables: true }))
    .map((part) => (typeof part === "string" ? part : "/store"))
    .join("");
  const script = `set -eu\nA=${word}\nprintf %s "$A"`;
  return execFileSync("bash", ["-c", script], { env, encoding: "utf8", stdio: "pipe" });
}

const plain = fc.string({ unit: "grapheme", maxLength: 60 }).filter((text) => !/\0/.test(text));

describe("a text of a recipe in the start script", () => {
  it.each([
    ["${PORT:-8080}", {}, "8080"],
    ["${PORT:-8080}", { PORT: "1" }, "1"],
    ["a $HOST b", { HOST: "`id` $(id)" }, "a `id` $(id) b"],
    ["http://${A:-x:${B:-y}}/", {}, "http://x:y/"],
    ["${A:-it's \"}", {}, "it's \""],
    ["${pkg}/bin APPDIR/x $APPDIR XAPPDIR", {}, "/store/bin /store/app/x /store/app XAPPDIR"],
    ["v${version} costs $5 and `x`", {}, "v1.2 costs $5 and `x`"],
  ])("%s", (text, env, wanted) => {
    expect(inShell(text, env)).toBe(wanted);
  });

  it("is itself, whatever it holds, where it refers to nothing", () => {
    fc.assert(
      fc.property(plain, (text) => {
        const harmless = text.replaceAll("$", "").replaceAll("APPDIR", "");
        expect(inShell(harmless)).toBe(harmless);
      }),
      { numRuns: 150 },
    );
  });

  it("takes any value of a variable as it is", () => {
    fc.assert(
      fc.property(plain, (value) => {
        expect(inShell("<${VALUE:-none}>", { VALUE: value })).toBe(`<${value || "none"}>`);
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ["$(rm -rf /)", "RECIPE_TEXT_INVALID"],
    ["${A:-$(id)}", "RECIPE_TEXT_INVALID"],
    ["${nobody}/bin", "RECIPE_REFERENCE_UNKNOWN"],
    ["${A/b/c}", "RECIPE_TEXT_INVALID"],
  ])("%s is refused with its place", (text, code) => {
    expect(() => inShell(text)).toThrow(Hop3Error);
    try {
      inShell(text);
    } catch (error) {
      expect(error).toMatchObject({ failure: { code, place: { file: "hop3.toml" } } });
    }
  });
});

/** What the awk program of the start script makes of a configuration file. */
function rendered(toml: string, env: Record<string, string>): string {
  const { config } = loadConfig(toml);
  const [entry] = config.nix?.["config-files"] ?? [];
  if (entry === undefined) throw new Error("no file in the test");
  const { text, escaping } = configTemplate(entry, scope);
  if (text.kind !== "indented") throw new Error("not a text");
  const parts = text.parts.map((part) => (typeof part === "string" ? part : "/store"));
  writeFileSync(join(dir, "script.awk"), renderConfigScript);
  writeFileSync(join(dir, "source"), parts.join(""));
  const args = ["-v", "target=f", "-v", `format=${escaping}`, "-f", join(dir, "script.awk")];
  return execFileSync("awk", [...args, join(dir, "source")], {
    env: { ...env, LC_ALL: "C.UTF-8" },
    encoding: "utf8",
    stdio: "pipe",
  });
}

const file = `[[nix.config-files]]\npath = "a/b"\n`;

describe("a configuration file", () => {
  it("of raw text keeps everything but references", () => {
    const raw = "a ${PORT} $x ${low} \\n ${A:-d} `id` \\\\ $(id) SHAREDIR APPDIR\n\nend";
    const toml = `${file}${encodeToml({ "raw-content": raw })}`;
    expect(rendered(toml, { PORT: "1&\\" })).toBe(
      "a 1&\\ $x ${low} \\n d `id` \\\\ $(id) SHAREDIR /store/app\n\nend\n",
    );
  });

  it("of JSON stays JSON, whatever the value", () => {
    const toml = `${file}format = "json"\n[nix.config-files.content]\npassword = "$PASSWORD"\n`;
    fc.assert(
      fc.property(
        plain.filter((text) => !/\p{Cc}/u.test(text)),
        (password) => {
          const text = rendered(toml, { PASSWORD: password });
          expect(JSON.parse(text)).toEqual({ password });
        },
      ),
      { numRuns: 60 },
    );
  });

  it("of dotenv is read back as it was, whatever the value", () => {
    const toml = `${file}format = "dotenv"\ncontent = { A = "<$VALUE>", B = "$VALUE", C = "a \\"b\\" \\n\\\\n 'c'" }\n`;
    const readable = plain.filter(
      (text) => !/[\r`]|["'].*["']|\\\\/su.test(text) && text.trim() === text,
    );
    fc.assert(
      fc.property(
        readable.filter((text) => !/\\$/.test(text) && !/\p{Cc}/u.test(text)),
        (value) => {
          const text = rendered(toml, { VALUE: value });
          expect(parseEnv(text)).toEqual({ A: `<${value}>`, B: value, C: "a \"b\" \n\\n 'c'" });
        },
      ),
      { numRuns: 100 },
    );
  });

  it.each([
    ['content = { "a b" = 1 }', {}, /cannot be the name of a variable/],
    ["content = { A = [1] }", {}, /cannot hold the value \[1\]/],
    ['content = { A = "$V" }', { V: "a\rb" }, /carriage return does not fit/],
    ['content = { A = "$V" }', { V: "'\"`" }, /three kinds of quotes does not fit/],
  ])("of dotenv that holds %s is refused", (content, env, message) => {
    expect(() => rendered(`${file}format = "dotenv"\n${content}\n`, env)).toThrow(message);
  });

  it("fails, by name, where a value is missing", () => {
    expect(() => rendered(`${file}raw-content = "\${GONE}"\n`, {})).toThrow(/f: GONE is not set/);
    expect(() => rendered(`${file}raw-content = "\${GONE:?no way}"\n`, {})).toThrow(/GONE: no way/);
  });

  it.each(["/etc/passwd", "../x", "a/../../x", ""])("is not written to %j", (path) => {
    const entry = { path, "raw-content": "x" };
    expect(() => configTemplate(entry, scope)).toThrow(/not a path below/);
  });
});

describe("values that a recipe makes up", () => {
  const command = "$(head -c 32 /dev/urandom | base64)";

  it("are stored configuration, under the name that the text takes first", () => {
    const { config } = loadConfig(`[nix.env-exports]
KEY = "\${KEY:-${command}}"
PLAIN = "${command}"
URL = "a:${command}@b"
OTHER = "none"
[[nix.conditional-env]]
when = "X"
env = { TOKEN = "\${OLD:-${command}}" }
`);
    const stored = { generate: "base64", length: 32 };
    expect(recipeSecrets(config.nix ?? {})).toEqual({
      KEY: stored,
      PLAIN: stored,
      HOP3_SECRET_URL: stored,
      HOP3_SECRET_TOKEN: stored,
    });
  });
});
