import { describe, expect, it } from "vitest";
import { Hop3Error } from "../errors.ts";
import { loadConfig } from "./load.ts";

/** Every line of the failure that a text gives. */
function complaints(text: string): string[] {
  try {
    loadConfig(text);
  } catch (error) {
    if (error instanceof Hop3Error) return error.failure.detail?.split("\n") ?? [];
    throw error;
  }
  return [];
}

const wrong: readonly [name: string, text: string, line: string][] = [
  ["syntax", "[run]\nstart = \n", "hop3.toml:2:9 not valid TOML: "],
  ["a key twice", "a = 1\na = 2\n", "hop3.toml:2:"],
  ["unknown section", "[bulid]\n", "hop3.toml:1:2 unknown section [bulid]; did you mean 'build'?"],
  [
    "unknown key",
    "[run]\nstrat = 'x'\n",
    "hop3.toml:2:1 unknown key 'strat' in [run]; did you mean 'start'?",
  ],
  [
    "unknown key without a near one",
    "[domains]\nxyzzy = 1\n",
    "hop3.toml:2:1 unknown key 'xyzzy' in [domains]; known are list, _policy",
  ],
  [
    "unknown key of an inline worker",
    "[run.workers]\nweb = { comand = 'x' }\n",
    "hop3.toml:2:9 unknown key 'comand' in [run.workers.web]; did you mean 'command'?",
  ],
  [
    "unknown key of a generated value",
    "[env]\nKEY = { generate = 'hex', lenght = 9 }\n",
    "hop3.toml:2:27 unknown key 'lenght' in [env.KEY]; did you mean 'length'?",
  ],
  [
    "unknown key in a context",
    "[contexts.staging.deploy]\nkep = 1\n",
    "hop3.toml:2:1 unknown key 'kep' in [contexts.staging.deploy]; did you mean 'keep'?",
  ],
  [
    "wrong type",
    "[metadata]\nversion = 1.0\n",
    "hop3.toml:2:1 [metadata] version: expected a text",
  ],
  ["wrong form", "[run]\nstart = 5\n", "hop3.toml:2:1 [run] start: expected a text or a list"],
  [
    "wrong form of a worker",
    "[run.workers]\nweb = 5\n",
    "hop3.toml:2:1 [run] workers.web: expected a text or a list or a table",
  ],
  [
    "bad app name",
    "[metadata]\nid = 'My App'\n",
    "hop3.toml:2:1 [metadata] id: expected: name of the app",
  ],
  [
    "bad choice",
    "[deploy]\nstrategy = 'rolling'\n",
    'hop3.toml:2:1 [deploy] strategy: expected one of "blue-green", "stop-first", "canary"',
  ],
  [
    "missing key",
    "[[volumes]]\nname = 'a'\n",
    "hop3.toml:1:3 [volumes] 1.target: expected a text, which is missing",
  ],
  [
    "bad duration",
    "[run]\nstart-timeout = '5 min'\n",
    "hop3.toml:2:1 [run] start-timeout: expected seconds",
  ],
  [
    "bad domain",
    "[domains]\nlist = ['a.b', 'http://x']\n",
    "hop3.toml:2:16 [domains] list.2: expected a host name",
  ],
  [
    "bad variable",
    "[env]\n'a b' = 1\n",
    "hop3.toml:2:1 [env] a b: 'a b' cannot be the name of a variable",
  ],
  ["bad hash", "[nix]\nsha256 = 'abc'\n", "hop3.toml:2:1 [nix] sha256: expected a hash"],
  [
    "method and builder that differ",
    "[build]\nmethod = 'nix'\nbuilder = 'local'\n",
    "hop3.toml:3:1 [build] method and builder mean the same and differ here",
  ],
  [
    "start and web",
    "[run]\nstart = 'a'\n[run.workers]\nweb = 'b'\n",
    "hop3.toml:2:1 [run] start and [run.workers] web both name the command of web",
  ],
  [
    "unknown provider",
    "[[provider]]\nname = 'oracle'\n",
    "hop3.toml:1:3 [[provider]] 'oracle' is no known kind",
  ],
];

describe("loadConfig", () => {
  it.each(wrong)("refuses %s", (_name, text, line) => {
    const found = complaints(text);
    expect(found).toHaveLength(1);
    expect(found[0]?.slice(0, line.length)).toBe(line);
  });

  it("does not parse a text that is no configuration by its length alone", () => {
    const found = complaints("#".repeat(1_000_001));
    expect(found).toEqual([
      "hop3.toml it has 1000001 characters, and no configuration is longer than 1000000",
    ]);
  });

  it("reports every error of a file at once, in the order of the file", () => {
    const lines = complaints(
      "[run]\nstart = 5\nfoo = 1\n[build]\nmethod = 'X'\n[env]\n'1' = 'x'\n[nope]\n",
    );
    expect(lines.map((line) => line.split(" ")[0])).toEqual([
      "hop3.toml:2:1",
      "hop3.toml:3:1",
      "hop3.toml:5:1",
      "hop3.toml:7:1",
      "hop3.toml:8:2",
    ]);
  });

  it("reads durations, hashes and signals into one form each", () => {
    const { config } = loadConfig(`
[build.nix]
timeout = "1h30m"
[run.workers.web]
command = ["serve", "--fast"]
stop-signal = "SIGINT"
stop-timeout = 2.5
[nix]
sha256 = "0hbgzbg38ky1gcs8czbhdw11naarlz81mvmvyzx44kw0l367s60g"
[domains]
list = ["App.Example.org"]
`);
    expect(config.build?.nix?.timeout).toBe(5400);
    expect(config.run?.workers?.["web"]).toEqual({
      command: ["serve", "--fast"],
      "stop-signal": "INT",
      "stop-timeout": 2.5,
    });
    expect(config.nix?.sha256).toBe("sha256-Dxh9zKCAT0L697vuGtCnWSkbAm9wfYY0e8FPNN76b0E=");
    expect(config.domains?.list).toEqual(["app.example.org"]);
  });

  it("adopts the older [[provider]] with a warning", () => {
    const { config, warnings } = loadConfig("[[provider]]\nname = 'postgresql'\nversion = '16'\n");
    expect(config.addons).toEqual([{ type: "postgres", version: "16" }]);
    expect(warnings).toMatchObject([{ place: { file: "hop3.toml", line: 1, column: 3 } }]);
  });

  it.each([
    ["type = 'Redis'", "hop3.toml:2:1", "[addons] 1.type: cannot be a kind of service: lower case"],
    ["type = 'redis'\nname = '../x'", "hop3.toml:3:1", "name: cannot be the name of an addon"],
    ["type = 'a'\n[[addons]]\ntype = 'a'", "hop3.toml", "two addons are called 'a'; give each"],
    ["type = 'a'\n[[addons]]\ntype = 'b'\nname = 'a'", "hop3.toml", "two addons are called 'a'"],
  ])("refuses the addon %j", (addon, place, message) => {
    const [first = ""] = complaints(`[[addons]]\n${addon}\n`);
    expect(first).toContain(message);
    expect(first).toContain(place);
  });

  it("accepts method and builder that agree, and an empty file", () => {
    expect(complaints("[build]\nmethod = 'nix'\nbuilder = 'nix'\n")).toEqual([]);
    expect(loadConfig("").config).toEqual({});
  });

  // Every key that recipes of the public format use, with values of the same kinds.
  it("reads a recipe with a template, configuration files, addons and tests", () => {
    const { config } = loadConfig(`
[metadata]
id = "forge"
[build]
builder = "nix"
[nix]
template = "go-source"
url = "https://example.invalid/v\${version}.tar.gz"
sha256 = "7wjtrT75yRnm7JqgkPxOgpqW3VNTpCU7momebrZ0hRs="
archive = "tar-gz"
go-proxy-vendor = true
extra-paths = ['\${pkg}/bin']
[nix.local-vars]
PORT = "\${PORT:-8080}"
[[nix.config-files]]
path = "custom/app.ini"
format = "ini"
create-if-missing = true
[nix.config-files.sections.server]
HTTP_PORT = "\${PORT}"
[[nix.file-mappings]]
source = "a"
destination = "bin/"
[env]
SECRET_KEY = { generate = "base64" }
[[addons]]
type = "postgres"
[run]
start-timeout = 120
[test]
priority = "P2"
[[test.validations]]
path = "/"
status = 200
contains = "Forge"
[probe]
username = "probe"
[admin]
email = "operator"
password = { generate = "password", length = 20 }
`);
    expect(config.nix?.["config-files"]?.[0]?.sections).toEqual({
      server: { HTTP_PORT: "${PORT}" },
    });
    expect(config.admin?.password).toEqual({ generate: "password", length: 20 });
  });
});
