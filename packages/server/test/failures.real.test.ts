import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type { DeploymentSummary, Problem } from "@hop3/core";
import { beforeAll, describe, expect, it } from "vitest";
import { makeTree, pageApp } from "./support/apps.ts";
import { type ExpectedFailure, expectFailure, failureOf } from "./support/expected-failure.ts";
import { rawTar } from "./support/raw-tar.ts";
import { useTestServer } from "./support/use-test-server.ts";
import { lookAt, type World } from "./support/world.ts";

const web = '"${pkgs.busybox}/bin/httpd -f -p $BIND_ADDRESS:$PORT -h ${./.}"';

/** A hop3.nix with these lines inside its attribute set. */
function attributes(...lines: readonly string[]): string {
  return `{ pkgs ? import <nixpkgs> { } }:\n{\n${lines.map((line) => `  ${line}\n`).join("")}}\n`;
}

/** A hop3.nix around one package, with a worker that would do. */
function packaged(value: string): string {
  return attributes(`package = ${value};`, `workers.web = ${web};`);
}

/** A hop3.nix that reads this while it is evaluated. */
function reading(expression: string): string {
  return packaged(`pkgs.writeTextDir "found" (toString (${expression}))`);
}

/** A package whose hop3/runtime.json has this text. */
function runtimeJson(text: string): string {
  return attributes(`package = pkgs.writeTextDir "hop3/runtime.json" ''${text}'';`);
}

const nixFiles: Readonly<Record<string, ExpectedFailure & { nix: string; toml?: string }>> = {
  "an empty file": {
    nix: "",
    code: "NIX_SYNTAX",
    message: /unexpected end of file/,
    hint: "nothing was built",
    place: "hop3.nix",
  },
  "a file that is no set": {
    nix: "{ pkgs }: [ pkgs.busybox ]",
    code: "NIX_CONTRACT",
    message: "gives a list, not an attribute set",
    hint: "package = …",
    place: "hop3.nix",
  },
  "several mistyped attributes at once": {
    nix: attributes(
      "package = pkgs.busybox;",
      'workers = "web";',
      'env = [ "A=1" ];',
      "before_run = 5;",
    ),
    code: "NIX_CONTRACT",
    message: "'workers' must be a set of commands",
    hint: "docs/guides/hop3-nix.md",
    place: "hop3.nix:4:3",
    detail: /'workers' must be.*'env' must be.*'before_run' must be/s,
  },
  "an unknown key of a worker": {
    nix: attributes("package = pkgs.busybox;", 'workers.web = { comand = "httpd"; };'),
    code: "NIX_CONTRACT",
    message: "'workers.web'",
    hint: /./,
    place: "hop3.nix:4",
  },
  "a number as a variable": {
    nix: attributes("package = pkgs.busybox;", `workers.web = ${web};`, "env.PORTS = 8080;"),
    code: "NIX_CONTRACT",
    message: "'env.PORTS' must be a string, not the number 8080",
    hint: '"8080" in quotes',
    place: "hop3.nix:5:3",
  },
  "a function where a command is due": {
    nix: attributes("package = pkgs.busybox;", "workers.web = port: port;"),
    code: "NIX_CONTRACT",
    message: "not a function",
    hint: /./,
    place: "hop3.nix:4",
  },
  "an error of the file's own": {
    nix: attributes('package = throw "the colour is missing";'),
    code: "NIX_EVAL_FAILED",
    message: "the colour is missing",
    hint: "hop3.nix",
    place: "hop3.nix:3",
  },
  "an endless recursion": {
    nix: attributes("package = let again = again; in again;"),
    code: "NIX_EVAL_FAILED",
    message: "infinite recursion",
    hint: "hop3.nix",
    place: "hop3.nix:3",
  },
  "a missing Python package": {
    nix: packaged("pkgs.python3Packages.flaskk"),
    code: "NIX_EVAL_FAILED",
    message: "flaskk",
    hint: /./,
    place: "hop3.nix:3",
  },
  "an argument that is not there": {
    nix: "{ pkgs, config }: { }",
    code: "NIX_EVAL_FAILED",
    message: "'config'",
    hint: /./,
    place: "hop3.nix",
  },
  "a file that imports a missing one": {
    nix: packaged("import ./package.nix"),
    code: "NIX_EVAL_FAILED",
    message: "package.nix",
    hint: /./,
    place: "hop3.nix:3",
  },
  "a failing build": {
    nix: packaged('pkgs.runCommand "broken" { } "echo one; echo two >&2; exit 9"'),
    code: "NIX_BUILD_FAILED",
    message: "building broken failed",
    hint: /hop3 logs --build, or \/.*\/build\.log/,
    detail: /two/,
  },
  "a build that takes too long": {
    nix: packaged(
      'pkgs.runCommand "slow" { } "while :; do echo tick; ${pkgs.busybox}/bin/sleep 0.2; done"',
    ),
    toml: "[build.nix]\ntimeout = 1\n",
    code: "NIX_BUILD_TIMEOUT",
    message: "building slow took longer than 1 s",
    hint: "[build.nix] timeout",
  },
  "a build that falls silent": {
    nix: packaged('pkgs.runCommand "mute" { } "${pkgs.busybox}/bin/sleep 60"'),
    toml: "[build.nix]\nmax-silent-time = 1\n",
    code: "NIX_BUILD_TIMEOUT",
    message: "building mute said nothing for 1 s",
    hint: "[build.nix] max-silent-time",
  },
  "a build out of the sandbox": {
    nix: packaged('pkgs.runCommand "free" { __noChroot = true; } "echo > $out"'),
    code: "POLICY_SANDBOX",
    message: "__noChroot",
    hint: "server.toml",
    place: "hop3.nix",
  },
  "runtime.json that is no object": {
    nix: runtimeJson("[]"),
    code: "NIX_RUNTIME_JSON",
    message: "does not hold an object",
    hint: '{"workers"',
  },
  "runtime.json with an unknown key": {
    nix: runtimeJson('{"worker": {"web": "httpd"}}'),
    code: "NIX_RUNTIME_JSON",
    message: "unknown key 'worker'",
    hint: "'workers'",
  },
  "runtime.json with a worker of the wrong type": {
    nix: runtimeJson('{"workers": {"web": 80}}'),
    code: "NIX_RUNTIME_JSON",
    message: "'workers.web' must be a command",
    hint: /./,
  },
  "a host file": {
    nix: reading("builtins.readFile /etc/hostname"),
    code: "NIX_IMPURE",
    message: "/etc/hostname",
    hint: "hop3 config set",
    place: "hop3.nix:3",
  },
  "a file beside the tree": {
    nix: reading("builtins.readFile ../secret"),
    code: "NIX_IMPURE",
    message: "hop3.nix reads something outside",
    hint: "hop3 config set",
    place: "hop3.nix:3",
  },
  "the time": {
    nix: reading("builtins.currentTime"),
    code: "NIX_IMPURE",
    message: "currentTime",
    hint: "hop3 config set",
    place: "hop3.nix:3",
  },
  "the system": {
    nix: reading("builtins.currentSystem"),
    code: "NIX_IMPURE",
    message: "currentSystem",
    hint: "hop3 config set",
    place: "hop3.nix:3",
  },
  "the search path": {
    nix: reading("import <nixpkgs> { }"),
    code: "NIX_IMPURE",
    message: "nixpkgs",
    hint: "hop3 config set",
    place: "hop3.nix:3",
  },
  "an archive without a hash": {
    nix: reading('builtins.fetchTarball "http://192.0.2.1/a.tar.gz"'),
    code: "NIX_IMPURE",
    message: "hop3.nix reads something outside",
    hint: "hop3 config set",
    place: "hop3.nix",
  },
  "a store path of another app": {
    nix: reading('builtins.readFile "/nix/store/00000000000000000000000000000000-other/key"'),
    code: "NIX_IMPURE",
    message: "/nix/store/",
    hint: "hop3 config set",
    place: "hop3.nix:3",
  },
  "pure = false": {
    nix: packaged("pkgs.busybox"),
    toml: "[build.nix]\npure = false\n",
    code: "POLICY_IMPURE",
    message: "not allowed on this server",
    hint: "Remove the line",
    place: "hop3.toml:2",
  },
  "a hop3.toml that is none by its length": {
    nix: packaged("pkgs.busybox"),
    toml: "#".repeat(1_000_001),
    code: "CONFIG_INVALID",
    message: "hop3.toml: it has 1000001 characters",
    hint: "Correct hop3.toml",
    place: "hop3.toml",
  },
  "another file that is not there": {
    nix: packaged("pkgs.busybox"),
    toml: '[build]\nmethod = "nix"\n[build.nix]\nfile = "hop4.nix"\n',
    code: "PLAN_NO_BUILDER",
    message: "no hop4.nix; there is hop3.nix",
    hint: /./,
  },
  "a program that is not there, as a list": {
    nix: attributes("package = pkgs.busybox;", 'workers.web = [ "htpd" "-f" ];'),
    code: "NIX_COMMAND_NOT_FOUND",
    message: "'htpd'",
    hint: "'httpd'",
    place: "hop3.nix:4:3",
    detail: /Programs that exist: .* more/,
  },
  "a second worker that exits at once": {
    nix: attributes(
      "package = pkgs.busybox;",
      `workers.web = ${web};`,
      "workers.mailer = \"sh -c 'echo no mail server; exit 7'\";",
    ),
    code: "PROCESS_EXITED",
    message: /mailer.*exit code 7/,
    hint: /./,
    detail: /no mail server/,
  },
  "a worker that kills itself": {
    nix: attributes("package = pkgs.busybox;", "workers.web = \"sh -c 'kill -KILL $$'\";"),
    code: "PROCESS_EXITED",
    message: /signal|KILL/,
    hint: /./,
  },
  "a web worker that talks something else": {
    nix: attributes("package = pkgs.busybox;", 'workers.web = "nc -ll -p $PORT -e echo hello";'),
    toml: "[run]\nstart-timeout = 2\n[healthcheck]\nstart-period = 0\nretries = 2\n",
    code: "PROBE_UNHEALTHY",
    message: "no HTTP answer",
    hint: "hop3 logs",
  },
  "a wrong text of the health check": {
    nix: attributes("package = pkgs.busybox;", `workers.web = ${web};`),
    toml: '[healthcheck]\npath = "/hop3.nix"\ncontains = "all is well"\nretries = 1\nstart-period = 0\n',
    code: "PROBE_UNHEALTHY",
    message: 'without the text "all is well"',
    hint: "hop3 logs",
  },
  "a release step that kills itself": {
    nix: attributes(
      "package = pkgs.busybox;",
      `workers.web = ${web};`,
      "before_run = [ \"sh -c 'kill -TERM $$'\" ];",
    ),
    code: "RELEASE_STEP_FAILED",
    message: "SIGTERM",
    hint: "deploy again",
  },
  "writable_tree that leads out": {
    nix: attributes(
      "package = pkgs.busybox;",
      `workers.web = ${web};`,
      'writable_tree = [ "../../etc" ];',
    ),
    code: "WRITABLE_TREE_MISSING",
    message: "'../../etc'",
    hint: "without '..'",
  },
  "writable_tree that is not there": {
    nix: attributes(
      "package = pkgs.busybox;",
      `workers.web = ${web};`,
      'writable_tree = [ "var" ];',
    ),
    code: "WRITABLE_TREE_MISSING",
    message: "'var'",
    hint: "below $out",
  },
  "a flake that wants more than nixpkgs": {
    nix: packaged("pkgs.busybox"),
    toml: '[build.nix]\nfile = "flake.nix"\n',
    code: "NIX_EVAL_FAILED",
    message: "flake input 'utils' cannot be had",
    hint: /./,
    place: "flake.nix",
  },
};

const flakeWithInput = `{
  inputs.utils.url = "github:example/utils";
  outputs = { self, utils }: { packages.x86_64-linux.default = utils.package; };
}
`;

const good = packaged("pkgs.busybox");
const uploads: Readonly<Record<string, ExpectedFailure & { archive: () => Buffer }>> = {
  "an empty tree": {
    archive: () => rawTar([{ name: "./", type: "5" }]),
    code: "PLAN_NO_BUILDER",
    message: "no hop3.nix in the directory",
    hint: "hop3.nix",
  },
  "random bytes": {
    archive: () => Buffer.from("this is no archive at all".repeat(100)),
    code: "UPLOAD_BROKEN",
    message: "cannot be unpacked",
    hint: "Deploy again",
  },
  "nothing at all": {
    archive: () => Buffer.alloc(0),
    code: "UPLOAD_BROKEN",
    message: "empty",
    hint: "Deploy again",
  },
  "half an archive": {
    archive: () => {
      const whole = rawTar([{ name: "hop3.nix", body: `${good}# ${randomText(20_000)}` }]);
      return whole.subarray(0, whole.length / 2);
    },
    code: "UPLOAD_BROKEN",
    message: "cannot be unpacked",
    hint: "Deploy again",
  },
  "a name with ..": {
    archive: () =>
      rawTar([
        { name: "hop3.nix", body: good },
        { name: "../../../../tmp/hop3-escaped", body: "x" },
      ]),
    code: "UPLOAD_BROKEN",
    message: "hop3-escaped",
    hint: "Deploy again",
  },
  "an absolute name": {
    archive: () =>
      rawTar([
        { name: "hop3.nix", body: good },
        { name: "/tmp/hop3-escaped", body: "x" },
      ]),
    code: "UPLOAD_BROKEN",
    message: "hop3-escaped",
    hint: "Deploy again",
  },
  "an absolute link": {
    archive: () =>
      rawTar([
        { name: "hop3.nix", body: good },
        { name: "passwd", type: "2", link: "/etc/passwd" },
      ]),
    code: "SOURCE_LINK_ESCAPES",
    message: "the link passwd leads to /etc/passwd",
    hint: ".hop3ignore",
    place: "passwd",
  },
  "a link that leads out": {
    archive: () =>
      rawTar([
        { name: "hop3.nix", body: good },
        { name: "up", type: "2", link: "../../../.." },
      ]),
    code: "SOURCE_LINK_ESCAPES",
    message: "the link up leads to",
    hint: ".hop3ignore",
    place: "up",
  },
  "a file through a link": {
    archive: () =>
      rawTar([
        { name: "hop3.nix", body: good },
        { name: "dir", type: "5" },
        { name: "tmp", type: "2", link: "dir" },
        { name: "tmp/hop3-escaped", body: "x" },
      ]),
    code: "UPLOAD_BROKEN",
    message: "symbolic link",
    hint: "Deploy again",
  },
  "a hard link to a file outside": {
    archive: () =>
      rawTar([
        { name: "hop3.nix", body: good },
        { name: "passwd", type: "1", link: "/etc/passwd" },
      ]),
    code: "SOURCE_LINK_ESCAPES",
    message: "the link passwd leads to /etc/passwd",
    hint: ".hop3ignore",
  },
  "a device": {
    archive: () =>
      rawTar([
        { name: "hop3.nix", body: good },
        { name: "null", type: "3" },
      ]),
    code: "UPLOAD_BROKEN",
    message: "null",
    hint: "Deploy again",
  },
  "a file that is cut off": {
    archive: () => rawTar([{ name: "hop3.nix", body: good, size: 1_000_000 }]),
    code: "UPLOAD_BROKEN",
    message: "cannot be unpacked",
    hint: "Deploy again",
  },
  "too many files": {
    archive: () =>
      rawTar(Array.from({ length: 201 }, (_, index) => ({ name: `f${index}`, body: "" }))),
    code: "UPLOAD_TOO_LARGE",
    message: "more than 200 files",
    hint: ".hop3ignore",
  },
  "too many bytes once unpacked": {
    archive: () => rawTar([{ name: "zeros", body: "0".repeat(3_000_000) }]),
    code: "UPLOAD_TOO_LARGE",
    message: "more than 2000000 bytes",
    hint: "server.toml",
  },
  "zeros that are no archive and would fill the memory": {
    archive: () => gzipSync(Buffer.alloc(50_000_000)),
    code: "UPLOAD_TOO_LARGE",
    message: "more than 2000000 bytes",
    hint: "server.toml",
  },
  "a file that says it is larger than any disk": {
    archive: () => rawTar([{ name: "zeros", body: "0", size: 8 ** 11 - 1 }]),
    code: "UPLOAD_TOO_LARGE",
    message: "more than 2000000 bytes",
    hint: "server.toml",
  },
  "zeros behind its end": {
    archive: () => {
      const whole = gunzipSync(rawTar([{ name: "index.txt", body: "x" }]));
      return gzipSync(Buffer.concat([whole, Buffer.alloc(50_000_000)]));
    },
    code: "UPLOAD_TOO_LARGE",
    message: "more than 2000000 bytes",
    hint: "server.toml",
  },
  "a name that is not UTF-8": {
    archive: () =>
      rawTar([{ name: Buffer.from([0x61, 0xff, 0xfe]).toString("latin1"), isLatin1: true }]),
    code: "UPLOAD_BROKEN",
    message: "is not UTF-8",
    hint: "Deploy again",
  },
  "a name longer than a directory holds": {
    archive: () => longName("n".repeat(300)),
    code: "UPLOAD_BROKEN",
    message: "is longer than 255 bytes",
    hint: "Deploy again",
  },
  "a path deeper than any file system has": {
    archive: () => longName(`${"d/".repeat(3000)}f`),
    code: "UPLOAD_BROKEN",
    message: "path excessively deep",
    hint: "Deploy again",
  },
  "a secret": {
    archive: () =>
      rawTar([
        { name: "hop3.nix", body: good },
        { name: "settings.py", body: `TOKEN = "ghp_${"aB3dE5gH7jK9mN1pQ2sT4vW6yZ8bC0dF1gH3"}"\n` },
      ]),
    code: "SOURCE_SECRET",
    message: "settings.py:1 looks like a secret (GitHub token)",
    hint: "hop3 config set",
    place: "settings.py:1",
  },
};

/** A file whose name stands in a header of its own, as GNU tar writes long ones. */
function longName(name: string): Buffer {
  return rawTar([
    { name: "././@LongLink", type: "L", body: `${name}\0` },
    { name: name.slice(0, 90), body: "x" },
  ]);
}

function randomText(length: number): string {
  return Array.from({ length }, () => Math.random().toString(36)[2]).join("");
}

const brokenExamples = join(import.meta.dirname, "../../../examples/broken");

let before: World;
let goodTree: string;

const server = useTestServer("failures", {
  settings: "[policy]\nmax-source-files = 200\nmax-upload-bytes = 2000000\n",
});

beforeAll(async () => {
  goodTree = await pageApp("one");
  const first = await server.deployed("page", goodTree);
  expect(first).toMatchObject({ state: "succeeded", release: 1 });
  before = await lookAt(server, "page");
  expect(before).toMatchObject({ answer: "one\n", state: "running", release: 1 });
});

/** Release 1 serves, nothing is left over, and the next good deployment works. */
async function expectUntouched(): Promise<void> {
  expect(await lookAt(server, "page")).toEqual(before);
  const again = await server.deployed("page", goodTree);
  expect(again).toMatchObject({ state: "succeeded", unchanged: true });
}

async function expectRefused(
  deployment: DeploymentSummary,
  expected: ExpectedFailure,
): Promise<void> {
  expectFailure(deployment.failure, expected);
  expect(deployment.state).toBe("failed");
  await expectUntouched();
}

describe("a hop3.nix that must be refused", () => {
  it.each(Object.entries(nixFiles))("%s", async (_name, { nix, toml, ...expected }) => {
    const files = { "hop3.nix": nix, "flake.nix": flakeWithInput, "hop3.toml": toml ?? "" };
    const tree = await makeTree(files);
    await expectRefused(await server.deployed("page", tree), expected);
  });
});

describe("a tree that must be refused", () => {
  it.each(Object.entries(uploads))("%s", async (_name, { archive, ...expected }) => {
    const answer = await server.api("POST", "/apps/page/deployments", archive());
    if (answer.status >= 400) {
      expectFailure(failureOf(answer), expected);
      return await expectUntouched();
    }
    const { id } = JSON.parse(answer.text) as DeploymentSummary;
    await expectRefused(await server.ended(id), expected);
    expect(readdirSync("/tmp")).not.toContain("hop3-escaped");
  });
});

describe("an example that must be refused", () => {
  it.each(readdirSync(brokenExamples))("%s", async (name) => {
    const dir = join(brokenExamples, name);
    const { fails } = JSON.parse(readFileSync(join(dir, "expect.json"), "utf8")) as {
      fails: { code: string; messageContains: string; hintContains?: string; place?: string };
    };
    const { code, messageContains: message, hintContains: hint = /./, place } = fails;
    const expected = { code, message, hint, ...(place === undefined ? {} : { place }) };
    await expectRefused(await server.deployed("page", dir), expected);
  });
});

describe("a request that must be refused", () => {
  const body = { release: 99 };
  const requests: Readonly<
    Record<string, ExpectedFailure & { at: readonly [string, string, unknown?]; status: number }>
  > = {
    "a bad app name": {
      at: ["POST", "/apps/Bad_Name/deployments", Buffer.alloc(10)],
      status: 422,
      code: "APP_NAME_INVALID",
      message: "'Bad_Name'",
      hint: "--app bad-name",
    },
    "an app name with a slash": {
      at: ["PATCH", "/apps/..%2f..%2fetc/config", { values: {} }],
      status: 422,
      code: "APP_NAME_INVALID",
      message: "'../../etc'",
      hint: "--app etc",
    },
    "an unknown app": {
      at: ["GET", "/apps/pag"],
      status: 404,
      code: "APP_NOT_FOUND",
      message: "'pag'",
      hint: "Did you mean 'page'?",
    },
    "rolling back to nothing": {
      at: ["POST", "/apps/page/rollback", {}],
      status: 409,
      code: "ROLLBACK_NO_TARGET",
      message: "no earlier release than 1",
      hint: "hop3 releases page",
    },
    "rolling back to an unknown release": {
      at: ["POST", "/apps/page/rollback", body],
      status: 404,
      code: "RELEASE_NOT_FOUND",
      message: "no release 99",
      hint: "hop3 releases page",
    },
    "rolling back to the one that runs": {
      at: ["POST", "/apps/page/rollback", { release: 1 }],
      status: 409,
      code: "RELEASE_NOT_RESTORABLE",
      message: "it is the one that runs",
      hint: "hop3 releases page",
    },
    "rolling back to a failed release": {
      at: ["POST", "/apps/page/rollback", { release: 2 }],
      status: 409,
      code: "RELEASE_NOT_RESTORABLE",
      message: "it never ran",
      hint: "hop3 releases page",
    },
    "a domain that is none": {
      at: ["POST", "/apps/page/domains", { domain: "http://x.org/" }],
      status: 422,
      code: "DOMAIN_INVALID",
      message: "'http://x.org/'",
      hint: "www.example.org",
    },
    "a domain of the platform": {
      at: ["POST", "/apps/page/domains", { domain: "other.localhost" }],
      status: 409,
      code: "DOMAIN_RESERVED",
      message: "below localhost",
      hint: "--app other",
    },
    "the domain of the platform itself": {
      at: ["POST", "/apps/page/domains", { domain: "localhost" }],
      status: 409,
      code: "DOMAIN_OF_SERVER",
      message: "localhost",
      hint: "another name",
    },
    "removing the app's own domain": {
      at: ["DELETE", "/apps/page/domains/page.localhost"],
      status: 409,
      code: "DOMAIN_BUILT_IN",
      message: "page.localhost",
      hint: "destroyed",
    },
    "removing a domain that it has not": {
      at: ["DELETE", "/apps/page/domains/x.org"],
      status: 404,
      code: "DOMAIN_NOT_FOUND",
      message: "no domain x.org",
      hint: "hop3 domains list",
    },
    "cancelling what has ended": {
      at: ["POST", "/deployments/1/cancel"],
      status: 409,
      code: "DEPLOY_NOT_CANCELLABLE",
      message: "deployment 1 is succeeded",
      hint: "hop3 rollback",
    },
    "an unknown deployment": {
      at: ["GET", "/deployments/987654"],
      status: 404,
      code: "DEPLOYMENT_NOT_FOUND",
      message: "987654",
      hint: "hop3 info",
    },
    "a variable's name that is none": {
      at: ["PATCH", "/apps/page/config", { values: { "A-B": "1" } }],
      status: 422,
      code: "REQUEST_INVALID",
      message: "A-B",
      hint: /./,
    },
    "a value that no process can have": {
      at: ["PATCH", "/apps/page/config", { values: { NUL: "a\0b" } }],
      status: 422,
      code: "VARIABLE_UNUSABLE",
      message: "the value of NUL holds a NUL character",
      hint: "data directory",
    },
    "a value that is too long for a process": {
      at: ["PATCH", "/apps/page/config", { values: { LONG: "x".repeat(131_072) } }],
      status: 422,
      code: "VARIABLE_UNUSABLE",
      message: "the value of LONG is 6 bytes too long",
      hint: "data directory",
    },
    "a command that is empty": {
      at: ["POST", "/apps/page/run", { command: [] }],
      status: 422,
      code: "REQUEST_INVALID",
      message: "command",
      hint: "openapi.json",
    },
  };

  it.each(Object.entries(requests))("%s", async (_name, { at, status, ...expected }) => {
    const [method, path, sent] = at;
    const answer = await server.api(method, path, sent);
    expect(answer.status, answer.text).toBe(status);
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    expect((JSON.parse(answer.text) as Problem).status).toBe(status);
    expectFailure(failureOf(answer), expected);
    await expectUntouched();
  });
});
