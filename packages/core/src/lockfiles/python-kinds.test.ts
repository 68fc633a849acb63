import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Digest, ReadOptions } from "./lockfile.ts";
import { pickFromIndex } from "./pick-from-index.ts";
import { checkInStep, readLockfile } from "./read-lockfile.ts";
import { hexToBase64 } from "./shared/integrity.ts";

const digest: Digest = (algorithm, text) => createHash(algorithm).update(text).digest("hex");
const hex = (seed: string) => createHash("sha256").update(seed).digest("hex");
const sri = (seed: string) => `sha256-${hexToBase64(hex(seed))}`;

function failure(code: string, more: Record<string, unknown> = {}) {
  return expect.objectContaining({ failure: expect.objectContaining({ code, ...more }) });
}

const files = "https://files.example/packages";

const uvText = `version = 1
revision = 2
requires-python = ">=3.11"
resolution-markers = [
    "sys_platform == 'linux'",
    "sys_platform != 'linux'",
]

[[package]]
name = "shop"
version = "0.1.0"
source = { virtual = "." }
dependencies = [
    { name = "flask" },
    { name = "httpx", extra = ["http2"] },
    { name = "numpy", version = "2.1.0", source = { registry = "https://index.example/simple" }, marker = "sys_platform == 'linux'" },
    { name = "numpy", version = "1.26.4", source = { registry = "https://index.example/simple" }, marker = "sys_platform != 'linux'" },
    { name = "pywin32", marker = "sys_platform == 'win32'" },
]

[package.optional-dependencies]
pg = [
    { name = "psycopg" },
]

[package.dev-dependencies]
dev = [
    { name = "pytest" },
    { name = "flask" },
]

[package.metadata]
requires-dist = [
    { name = "flask", specifier = ">=3.0,<4" },
    { name = "httpx", extras = ["http2"], specifier = ">=0.27" },
    { name = "numpy" },
    { name = "psycopg", marker = "extra == 'pg'", specifier = ">=3" },
    { name = "pywin32", marker = "sys_platform == 'win32'" },
]
provides-extras = ["pg"]

[package.metadata.requires-dev]
dev = [
    { name = "flask" },
    { name = "pytest", specifier = ">=8" },
]

[[package]]
name = "flask"
version = "3.0.3"
source = { registry = "https://index.example/simple" }
sdist = { url = "${files}/41/e1/flask-3.0.3.tar.gz", hash = "sha256:${hex("flask-sdist")}", size = 676315 }
wheels = [
    { url = "${files}/61/80/flask-3.0.3-py3-none-any.whl", hash = "sha256:${hex("flask")}", size = 101735 },
]

[[package]]
name = "h2"
version = "4.1.0"
source = { registry = "https://index.example/simple" }
wheels = [
    { url = "${files}/2a/e5/h2-4.1.0-py3-none-any.whl", hash = "sha256:${hex("h2")}" },
]

[[package]]
name = "httpx"
version = "0.27.2"
source = { registry = "https://index.example/simple" }
wheels = [
    { url = "${files}/56/95/httpx-0.27.2-py3-none-any.whl", hash = "sha256:${hex("httpx")}" },
]

[package.optional-dependencies]
http2 = [
    { name = "h2" },
]

[[package]]
name = "numpy"
version = "1.26.4"
source = { registry = "https://index.example/simple" }
wheels = [
    { url = "${files}/aa/numpy-1.26.4-cp311-cp311-win_amd64.whl", hash = "sha256:${hex("numpy-old")}" },
]

[[package]]
name = "numpy"
version = "2.1.0"
source = { registry = "https://index.example/simple" }
sdist = { url = "${files}/59/5f/numpy-2.1.0.tar.gz", hash = "sha256:${hex("numpy-sdist")}" }
wheels = [
    { url = "${files}/a1/numpy-2.1.0-cp311-cp311-macosx_10_9_x86_64.whl", hash = "sha256:${hex("n1")}" },
    { url = "${files}/a2/numpy-2.1.0-cp311-cp311-manylinux_2_17_aarch64.manylinux2014_aarch64.whl", hash = "sha256:${hex("n2")}" },
    { url = "${files}/a3/numpy-2.1.0-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", hash = "sha256:${hex("n3")}" },
    { url = "${files}/a4/numpy-2.1.0-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", hash = "sha256:${hex("n4")}" },
    { url = "${files}/a5/numpy-2.1.0-cp311-cp311-musllinux_1_2_x86_64.whl", hash = "sha256:${hex("n5")}" },
]

[[package]]
name = "psycopg"
version = "3.2.1"
source = { registry = "https://index.example/simple" }
sdist = { url = "${files}/9a/psycopg-3.2.1.tar.gz", hash = "sha256:${hex("psycopg")}" }

[[package]]
name = "pytest"
version = "8.3.2"
source = { registry = "https://index.example/simple" }
wheels = [
    { url = "${files}/0f/pytest-8.3.2-py3-none-any.whl", hash = "sha256:${hex("pytest")}" },
]

[[package]]
name = "pywin32"
version = "306"
source = { registry = "https://index.example/simple" }
wheels = [
    { url = "${files}/8b/pywin32-306-cp311-cp311-win_amd64.whl", hash = "sha256:${hex("pywin32")}" },
]
`;

const uvManifest = `[project]
name = "shop"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = [
    "Flask >=3.0, <4",
    "httpx[http2]>=0.27",
    "numpy",
    "pywin32 ; sys_platform == 'win32'",
]

[project.optional-dependencies]
pg = ["psycopg>=3"]

[dependency-groups]
dev = ["pytest>=8", "flask"]
`;

describe("uv-lock", () => {
  const read = (options: ReadOptions = {}, text = uvText) =>
    readLockfile({ file: "uv.lock", text }, options);
  const names = (options: ReadOptions) =>
    read(options).packages.map(({ name, version }) => `${name} ${version}`);

  it("takes what the app reaches on the target, forks and markers considered", () => {
    expect(names({})).toEqual([
      "flask 3.0.3",
      "h2 4.1.0",
      "httpx 0.27.2",
      "numpy 2.1.0",
      "pytest 8.3.2",
    ]);
    expect(names({ extras: ["pg"] })).toContain("psycopg 3.2.1");
  });

  it("chooses the wheel for the target and pins it", () => {
    const { packages, local } = read({});
    expect(packages.find(({ name }) => name === "numpy")).toMatchObject({
      integrity: sri("n3"),
      format: "wheel",
      url: `${files}/a3/numpy-2.1.0-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl`,
      source: { kind: "registry", registry: "pypi" },
    });
    expect(packages.find(({ name }) => name === "httpx")).toMatchObject({ extras: ["http2"] });
    expect(local).toEqual([{ name: "shop", version: "0.1.0", path: "." }]);
  });

  it.each([
    [{ cpu: "arm64" }, "n2"],
    [{ libc: "musl" as const, libcMinor: 2 }, "n5"],
    [{ python: "3.12.1" }, "n4"],
    [{ libcMinor: 12 }, "numpy-sdist"],
  ])("for %j takes %s", (target, seed) => {
    const found = read({ target }).packages.find(({ name }) => name === "numpy");
    expect(found?.integrity).toBe(sri(seed));
  });

  it("tells development from production", () => {
    const roles = Object.fromEntries(read({}).packages.map(({ name, dev }) => [name, dev]));
    expect(roles).toMatchObject({ flask: false, h2: false, pytest: true });
  });

  it("refuses a package that has nothing for the target, by name and place", () => {
    const text = uvText.replace(
      `{ name = "pywin32", marker = "sys_platform == 'win32'" },\n]`,
      '{ name = "pywin32" },\n]',
    );
    expect(() => read({}, text)).toThrow(
      failure("LOCKFILE_UNSUPPORTED_SOURCE", {
        message: expect.stringContaining("linux x86_64 with Python 3.11.2"),
        place: expect.objectContaining({ line: expect.any(Number) }),
      }),
    );
  });

  it("is in step with its manifest", () => {
    expect(() => check({ file: "uv.lock", text: uvText }, uvManifest)).not.toThrow();
  });

  it.each([
    ['"numpy",', '"numpy>=2",', "numpy is >=2 in pyproject.toml, any version in uv.lock"],
    ['"numpy",', "", "numpy is no longer in pyproject.toml"],
    ["psycopg>=3", "psycopg>=3.1", "psycopg (extra pg) is >=3.1"],
    ["pytest>=8", "pytest>=9", "pytest is >=9"],
    ['requires-python = ">=3.11"', 'requires-python = ">=3.12"', "requires-python is >=3.12"],
    ["httpx[http2]>=0.27", "httpx>=0.27", "httpx >=0.27 is missing"],
  ])("is out of step after %s becomes %s", (before, after, message) => {
    expect(() =>
      check({ file: "uv.lock", text: uvText }, uvManifest.replace(before, after)),
    ).toThrow(
      failure("LOCKFILE_OUT_OF_STEP", {
        message: expect.stringContaining(message),
        hint: expect.stringContaining("uv lock"),
      }),
    );
  });

  it("survives a very long chain of dependencies", () => {
    const count = 5_000;
    const chain = Array.from({ length: count }, (_, index) => {
      const next = index + 1 < count ? `dependencies = [{ name = "p${index + 1}" }]\n` : "";
      return `[[package]]\nname = "p${index}"\nversion = "1"\nsource = { registry = "r" }\n${next}sdist = { url = "https://x.example/p${index}-1.tar.gz", hash = "sha256:${hex("x")}" }\n`;
    }).join("\n");
    const root =
      '[[package]]\nname = "root"\nsource = { virtual = "." }\ndependencies = [{ name = "p0" }]\n\n';
    expect(read({}, `version = 1\n\n${root}${chain}`).packages).toHaveLength(count);
  });
});

function check(
  lockfile: { file: string; text: string },
  text: string,
  file = "pyproject.toml",
): void {
  checkInStep({ lockfile, manifest: { file, text }, digest });
}

const poetryManifest = `[tool.poetry]
name = "shop"
version = "0.1.0"

[tool.poetry.dependencies]
python = "^3.11"
django = { version = "^4.2", extras = ["argon2"] }
psycopg2-binary = "^2.9"

[tool.poetry.group.dev.dependencies]
black = "^24"
`;

/** What Poetry's own code writes for the manifest above: sorted keys, absent legacy keys as null. */
const poetryHash = createHash("sha256")
  .update(
    '{"dependencies": {"django": {"extras": ["argon2"], "version": "^4.2"}, "psycopg2-binary": "^2.9", "python": "^3.11"}, "dev-dependencies": null, "extras": null, "group": {"dev": {"dependencies": {"black": "^24"}}}, "source": null}',
  )
  .digest("hex");

const poetryText = (
  version: string,
  more = "",
) => `# This file is automatically @generated by Poetry 2.1.1

[[package]]
name = "black"
version = "24.8.0"
description = "The uncompromising code formatter."
optional = false
python-versions = ">=3.8"
groups = ["dev"]
files = [
    {file = "black-24.8.0-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", hash = "sha256:${hex("black-linux")}"},
    {file = "black-24.8.0-py3-none-any.whl", hash = "sha256:${hex("black-any")}"},
    {file = "black-24.8.0.tar.gz", hash = "sha256:${hex("black-sdist")}"},
]

[package.dependencies]
tomli = {version = ">=1.1.0", markers = "python_version < \\"3.11\\""}
colorama = {version = "*", markers = "platform_system == \\"Windows\\""}

[[package]]
name = "Django"
version = "4.2.15"
optional = false
python-versions = ">=3.8"
groups = ["main"]
files = [
    {file = "Django-4.2.15-py3-none-any.whl", hash = "sha256:${hex("django")}"},
]

[[package]]
name = "tomli"
version = "2.0.1"
optional = false
python-versions = ">=3.7"
groups = ["dev"]
markers = "python_version < \\"3.11\\""
files = [
    {file = "tomli-2.0.1-py3-none-any.whl", hash = "sha256:${hex("tomli")}"},
]

[[package]]
name = "sentry-sdk"
version = "2.0.0"
optional = true
python-versions = ">=3.7"
groups = ["main"]
markers = "extra == \\"sentry\\""
files = [
    {file = "sentry_sdk-2.0.0-py2.py3-none-any.whl", hash = "sha256:${hex("sentry")}"},
]
${more}
[extras]
sentry = ["sentry-sdk"]

[metadata]
lock-version = "${version}"
python-versions = "^3.11"
content-hash = "${poetryHash}"
`;

describe("poetry-lock", () => {
  const read = (text: string, options: ReadOptions = {}) =>
    readLockfile({ file: "poetry.lock", text }, options);

  it("reads groups, markers, extras and the best file", () => {
    const { packages } = read(poetryText("2.1"));
    expect(packages).toMatchObject([
      { name: "black", dev: true, integrity: sri("black-linux"), format: "wheel" },
      { name: "django", dev: false, source: { fileName: "Django-4.2.15-py3-none-any.whl" } },
    ]);
    const extra = read(poetryText("2.1"), { extras: ["sentry"] });
    expect(extra.packages.map(({ name }) => name)).toContain("sentry-sdk");
    const old = read(poetryText("2.1"), { target: { python: "3.10.4" } });
    expect(old.packages.map(({ name }) => name)).toContain("tomli");
  });

  it("before version 2.1, leaves out what only other systems' edges want", () => {
    const windowsOnly = (name: string) => `
[[package]]
name = "${name}"
version = "1.0"
optional = false
python-versions = "*"
files = [
    {file = "${name}-1.0-cp311-cp311-win_amd64.whl", hash = "sha256:${hex(name)}"},
]
`;
    const names = read(poetryText("2.0", windowsOnly("colorama"))).packages.map(({ name }) => name);
    expect(names).not.toContain("colorama");
    expect(() => read(poetryText("2.0", windowsOnly("other")))).toThrow(
      failure("LOCKFILE_UNSUPPORTED_SOURCE"),
    );
  });

  it("reads the files of version 1.1 and git, directory and address sources", () => {
    const commit = "0123456789abcdef0123456789abcdef01234567";
    const text = `[[package]]
name = "click"
version = "8.0.1"
category = "dev"
optional = false
python-versions = "*"

[[package]]
name = "fork"
version = "1.0"
category = "main"
optional = false
python-versions = "*"

[package.source]
type = "git"
url = "https://git.example/u/fork.git"
reference = "main"
resolved_reference = "${commit}"

[[package]]
name = "lib"
version = "0.1"
optional = false
python-versions = "*"

[package.source]
type = "directory"
url = "libs/lib"

[metadata]
lock-version = "1.1"
python-versions = "*"
content-hash = "x"

[metadata.files]
click = [
    {file = "click-8.0.1-py3-none-any.whl", hash = "sha256:${hex("click")}"},
]
`;
    const { packages, local, unhashed } = read(text, { allowUnhashed: true });
    expect(packages).toMatchObject([{ name: "click", dev: true, integrity: sri("click") }]);
    expect(unhashed).toMatchObject([
      { key: "fork@1.0", package: { source: { kind: "git", revision: commit } } },
    ]);
    expect(local).toEqual([{ name: "lib", version: "0.1", path: "libs/lib" }]);
  });

  it("is in step by Poetry's own hash, and out of it after an edit", () => {
    expect(() =>
      check({ file: "poetry.lock", text: poetryText("2.1") }, poetryManifest),
    ).not.toThrow();
    const renamed = poetryManifest.replace('version = "0.1.0"', 'version = "0.2.0"');
    expect(() => check({ file: "poetry.lock", text: poetryText("2.1") }, renamed)).not.toThrow();
    expect(() =>
      check(
        { file: "poetry.lock", text: poetryText("2.1") },
        poetryManifest.replace("^4.2", "^5.0"),
      ),
    ).toThrow(failure("LOCKFILE_OUT_OF_STEP", { hint: expect.stringContaining("poetry lock") }));
  });

  it.each(["1.0", "3.0"])("refuses version %s", (version) => {
    expect(() => read(poetryText(version))).toThrow(failure("LOCKFILE_VERSION"));
  });
});

const requirementsText = `#
# This file is autogenerated by pip-compile with Python 3.11
#
--index-url https://index.example/simple
--require-hashes

flask[async]==3.0.3 \\
    --hash=sha256:${hex("flask")} \\
    --hash=sha256:${hex("flask-sdist")}
    # via -r requirements.in
colorama==0.4.6 ; sys_platform == "win32" \\
    --hash=sha256:${hex("colorama")}
importlib-metadata==8.0.0 ; python_full_version < "3.10.2" or (python_version >= '3.11' and os_name != "nt") \\
    --hash=sha256:${hex("importlib")}
-r requirements/extra.txt
`;

describe("requirements", () => {
  const read = (text: string, options: ReadOptions = {}, file = "requirements.txt") =>
    readLockfile({ file, text }, options);
  const included = {
    files: {
      "requirements/extra.txt": `-c constraints.txt\nPy_Yaml==6.0.1\nlocal @ file:libs/local\nwheel @ https://x.example/wheel-0.44.0-py3-none-any.whl --hash=sha256:${hex("w")}\n-e ./libs/other\n`,
      "requirements/constraints.txt": `py-yaml==6.0.1 --hash=sha256:${hex("yaml")}\n`,
    },
  };

  it("reads hashes, markers, extras, includes and constraints", () => {
    const lockfile = read(requirementsText, included);
    expect(lockfile.pending).toEqual([
      {
        name: "flask",
        version: "3.0.3",
        extras: ["async"],
        hashes: [sri("flask"), sri("flask-sdist")].sort(),
      },
      { name: "importlib-metadata", version: "8.0.0", extras: [], hashes: [sri("importlib")] },
      { name: "py-yaml", version: "6.0.1", extras: [], hashes: [sri("yaml")] },
    ]);
    expect(lockfile.packages).toMatchObject([
      { name: "wheel", version: "0.44.0", integrity: sri("w"), format: "wheel" },
    ]);
    expect(lockfile.local).toEqual([
      { name: "local", path: "libs/local" },
      { name: "other", path: "libs/other" },
    ]);
    expect(lockfile.notes).toEqual([
      expect.stringContaining("requirements.txt:4: --index-url is ignored"),
    ]);
  });

  it("takes a hash from hop3.lock", () => {
    const { pending } = read("Flask==3.0.3\n", { hashes: { "flask@3.0.3": sri("flask") } });
    expect(pending).toMatchObject([{ name: "flask", hashes: [sri("flask")] }]);
  });

  it("may have any name", () => {
    expect(read(`a==1 --hash=sha256:${hex("a")}\n`, {}, "deploy/prod.txt").kind).toBe(
      "requirements",
    );
  });

  it.each([
    ["no hash", "flask==3.0.3\n", "LOCKFILE_NO_HASH", "its line has no --hash"],
    [
      "no pin",
      `flask>=3 --hash=sha256:${hex("a")}\n`,
      "LOCKFILE_NO_HASH",
      "not pinned to one version",
    ],
    ["half a hash", "flask==3.0.3 --hash=sha256:abc\n", "LOCKFILE_HASH_INVALID", "sha256:abc"],
    ["a missing include", "-r base.txt\n", "LOCKFILE_MISSING", "needs base.txt"],
    ["an include outside", "-r ../base.txt\n", "LOCKFILE_ENTRY_INVALID", "outside the app"],
    ["an absolute include", "-r /etc/passwd\n", "LOCKFILE_ENTRY_INVALID", "outside the app"],
    [
      "an include by address",
      "-r https://x.example/r.txt\n",
      "LOCKFILE_ENTRY_INVALID",
      "outside the app",
    ],
    ["nonsense", "\n\n= what\n", "LOCKFILE_SYNTAX", "no requirement"],
    [
      "an invalid marker",
      `a==1; nonsense --hash=sha256:${hex("a")}\n`,
      "LOCKFILE_ENTRY_INVALID",
      "not a marker",
    ],
    [
      "two versions",
      `a==1 --hash=sha256:${hex("a")}\na==2 --hash=sha256:${hex("b")}\n`,
      "LOCKFILE_ENTRY_INVALID",
      "another line asks for 1",
    ],
    [
      "a git branch",
      "a @ git+https://git.example/a.git@main\n",
      "LOCKFILE_UNSUPPORTED_SOURCE",
      "no full commit",
    ],
    ["a directory outside", "-e ../lib\n", "LOCKFILE_UNSUPPORTED_SOURCE", "outside the app"],
  ])("refuses %s", (...[, text, code, message]) => {
    expect(() => read(text)).toThrow(failure(code, { message: expect.stringContaining(message) }));
  });

  it("reads a ring of includes once", () => {
    const line = `a==1 --hash=sha256:${hex("a")}\n`;
    const ring = {
      files: { "b.txt": `-r requirements.txt\n${line}`, "requirements.txt": `-r b.txt\n${line}` },
    };
    expect(read(`-r b.txt\n${line}`, ring).pending).toHaveLength(1);
  });

  it.each([
    ["requirements.in", "flask>=3\n# comment\ncolorama ; sys_platform == 'win32'\n", undefined],
    ["requirements.in", "Flask<3\n", "flask <3 in requirements.in does not allow the 3.0.3"],
    ["requirements.in", "flask\ndjango~=4.2\n", "django ~=4.2 is missing"],
    ["pyproject.toml", '[project]\ndependencies = ["flask~=3.0"]\n', undefined],
    ["pyproject.toml", '[project]\ndependencies = ["flask~=2.0"]\n', "does not allow"],
  ])("holds itself against %s %j", (file, manifest, message) => {
    const text = requirementsText.replace(/^-r .*$/m, "");
    const run = () => check({ file: "requirements.txt", text: text }, manifest, file);
    if (message === undefined) expect(run).not.toThrow();
    else
      expect(run).toThrow(
        failure("LOCKFILE_OUT_OF_STEP", { message: expect.stringContaining(message) }),
      );
  });
});

describe("pickFromIndex", () => {
  const pending = {
    name: "flask",
    version: "3.0.3",
    extras: [],
    hashes: [sri("sdist"), sri("wheel")],
  };
  const page = (list: readonly (readonly [string, string, string])[]) => ({
    url: "https://index.example/simple/flask/",
    text: JSON.stringify({
      files: list.map(([filename, url, seed]) => ({
        filename,
        url,
        hashes: { sha256: hex(seed) },
      })),
    }),
  });

  it.each([
    [
      "https://files.example/flask-3.0.3-py3-none-any.whl",
      "https://files.example/flask-3.0.3-py3-none-any.whl",
    ],
    [
      "../../packages/flask-3.0.3-py3-none-any.whl#sha256=1",
      "https://index.example/packages/flask-3.0.3-py3-none-any.whl",
    ],
    ["/f/flask-3.0.3-py3-none-any.whl", "https://index.example/f/flask-3.0.3-py3-none-any.whl"],
    [
      "flask-3.0.3-py3-none-any.whl",
      "https://index.example/simple/flask/flask-3.0.3-py3-none-any.whl",
    ],
  ])("chooses the wheel and resolves %s", (url, expected) => {
    const list = [
      ["flask-3.0.3.tar.gz", "s.tar.gz", "sdist"],
      ["flask-3.0.3-py3-none-any.whl", url, "wheel"],
      ["flask-9.9.9-cp311-cp311-manylinux_2_17_x86_64.whl", "evil.whl", "evil"],
    ] as const;
    expect(pickFromIndex(pending, page(list))).toMatchObject({
      url: expected,
      integrity: sri("wheel"),
      format: "wheel",
      source: { fileName: "flask-3.0.3-py3-none-any.whl" },
    });
  });

  it("takes the page's own hash of that very version where none is known yet", () => {
    const list = [
      ["Flask_Cors-4.0.1-py3-none-any.whl", "old.whl", "old"],
      ["flask-4.0.2-py3-none-any.whl", "other.whl", "other"],
      ["flask-cors-4.0.2.tar.gz", "s.tar.gz", "sdist"],
      ["Flask_Cors-4.0.2-py2.py3-none-any.whl", "w.whl", "wheel"],
    ] as const;
    const open = { name: "flask-cors", version: "4.0.2", extras: [], hashes: [] };
    expect(pickFromIndex(open, page(list)).integrity).toBe(sri("wheel"));
    expect(pickFromIndex(open, page(list.slice(0, 3))).integrity).toBe(sri("sdist"));
    expect(() => pickFromIndex(open, page(list.slice(0, 2)))).toThrow(
      failure("LOCKFILE_UNSUPPORTED_SOURCE"),
    );
  });

  it.each([
    [
      "no listed hash",
      [["flask-3.0.3.tar.gz", "a.tar.gz", "other"]],
      "LOCKFILE_UNSUPPORTED_SOURCE",
    ],
    [
      "nothing that runs",
      [["flask-3.0.3-cp38-cp38-win32.whl", "a.whl", "wheel"]],
      "LOCKFILE_UNSUPPORTED_SOURCE",
    ],
    [
      "a file name with a path",
      [["../x-1-py3-none-any.whl", "a.whl", "wheel"]],
      "LOCKFILE_ENTRY_INVALID",
    ],
    [
      "an address of another kind",
      [["x-1-py3-none-any.whl", "file:///etc/passwd", "wheel"]],
      "LOCKFILE_ENTRY_INVALID",
    ],
  ] as const)("refuses %s", (_what, list, code) => {
    expect(() => pickFromIndex(pending, page(list))).toThrow(failure(code));
  });
});
