import { createHash, randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { poetryContentHashes } from "../../core/src/lockfiles/shared/poetry-hash.ts";
import {
  debianWheel,
  type IndexedFile,
  makeSdist,
  makeWheelFile,
  pypi,
  requirementLines,
} from "./registry/pypi.ts";
import { startRegistry, type TestRegistry } from "./registry/registry.ts";
import { copyTree, makeTree } from "./support/apps.ts";
import { checkExample, examplesDir } from "./support/examples.ts";
import { useTestServer } from "./support/use-test-server.ts";

/** What Flask and gunicorn need, as the distribution has them. */
const webPackages = [
  "python3-flask",
  "python3-gunicorn",
  "python3-werkzeug",
  "python3-jinja2",
  "python3-itsdangerous",
  "python3-click",
  "python3-markupsafe",
  "python3-packaging",
  "python3-pkg-resources",
];

/** Bytes of this run alone: what the store has already would not be fetched. */
const nonce = randomUUID();

let registry: TestRegistry;
let web: readonly IndexedFile[] = [];
let greenlet: IndexedFile;
let sources: readonly IndexedFile[] = [];

beforeAll(async () => {
  web = [...(await Promise.all(webPackages.map((name) => debianWheel(name, nonce)))), ...decoys()];
  greenlet = await debianWheel("python3-greenlet");
  sources = await makeSources();
  registry = await startRegistry([pypi([...web, greenlet, ...sources])]);
});

afterAll(() => registry.close());

const server = useTestServer("python", {
  settings: () => `[registries]\npypi = "${registry.url("pypi")}/simple/"\n`,
});

/** Files of the same version that do not run here: a lockfile has their hashes too. */
function decoys(): readonly IndexedFile[] {
  return ["cp38-cp38-win_amd64", "cp311-cp311-musllinux_1_1_x86_64"].map((tag) =>
    makeWheelFile({ project: "MarkupSafe", version: "2.1.2", files: { "wrong.py": tag }, tag }),
  );
}

/** Source archives of three build backends, one with C in it. */
async function makeSources(): Promise<readonly IndexedFile[]> {
  const system = (requires: string, backend: string) =>
    `[build-system]\nrequires = ["${requires}"]\nbuild-backend = "${backend}"\n`;
  const project = (name: string) => `[project]\nname = "${name}"\nversion = "1.0"\n`;
  return Promise.all([
    makeSdist("with-c", "1.0", {
      "setup.py": `from setuptools import Extension, setup
setup(name="with-c", version="1.0", ext_modules=[Extension("with_c", ["with_c.c"])])
`,
      "with_c.c": `#include <Python.h>
static PyObject *answer(PyObject *self, PyObject *args) { return PyLong_FromLong(42); }
static PyMethodDef methods[] = {{"answer", answer, METH_NOARGS, ""}, {NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "with_c", "", -1, methods};
PyMODINIT_FUNC PyInit_with_c(void) { return PyModule_Create(&module); }
`,
    }),
    makeSdist("by-hatch", "1.0", {
      "pyproject.toml": project("by-hatch") + system("hatchling", "hatchling.build"),
      "by_hatch/__init__.py": "name = 'hatch'\n",
    }),
    makeSdist("by-poetry", "1.0", {
      "pyproject.toml": `[tool.poetry]\nname = "by-poetry"\nversion = "1.0"\ndescription = ""\nauthors = []\n${system("poetry-core", "poetry.core.masonry.api")}`,
      "by_poetry/__init__.py": "name = 'poetry'\n",
    }),
  ]);
}

async function prepareExample(): Promise<string> {
  const dir = await copyTree(join(examplesDir, "python-venv"));
  // The same requirements in the versions of this index, as pip-compile would write them.
  await writeFile(join(dir, "requirements.txt"), requirementLines(web));
  return dir;
}

describe("python-venv", () => {
  it("runs its example: several hashes a requirement, and nobody says how to start it", async () => {
    await checkExample(server, "python-venv", await prepareExample());
    const asked = registry.asked.filter((path) => path.includes("/files/"));
    expect(asked).toHaveLength(webPackages.length);
    expect(asked.join(" ")).not.toMatch(/win_amd64|musllinux/);
  });

  it("builds no dependency again for a changed line", async () => {
    const before = registry.asked.length;
    const dir = await prepareExample();
    const file = join(dir, "app.py");
    await writeFile(file, `${await readFile(file, "utf8")}# changed ${randomUUID()}\n`);
    const deployment = await server.deployed("python-venv", dir);
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
    const path = `/apps/python-venv/releases/${deployment.release}/build-log`;
    const log = await server.api("GET", path);
    expect(log.text).toMatch(/-python-venv\.drv/);
    expect(log.text).not.toMatch(/dependencies\.drv|wheels\.drv|\.whl\.drv/);
    expect(registry.asked.length).toBe(before);
  });

  it("takes uv.lock: wheels with C++, source archives built here, and the project itself", async () => {
    const text = await deploy("uv-app", {
      "pyproject.toml": `[project]
name = "lister"
version = "2.5"
requires-python = ">=3.9"
dependencies = ["greenlet", "with-c", "by-hatch", "by-poetry"]
[project.scripts]
lister = "lister.main:run"
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
`,
      "uv.lock": uvLock("lister", [greenlet, ...sources]),
      "src/lister/__init__.py": "",
      "src/lister/main.py": serve(`import greenlet, with_c, by_hatch, by_poetry
from importlib.metadata import version
maps = open("/proc/self/maps").read()
cpp = sorted({line.split()[-1] for line in maps.splitlines() if "libstdc++" in line})
answer = [with_c.answer(), by_hatch.name, by_poetry.name, version("lister"), cpp[0]]
`),
      Procfile: "web: lister\nother: python -m lister.main\n",
    });
    expect(text).toMatch(/^42 hatch poetry 2\.5 \/nix\/store\/\S+\/libstdc\+\+\.so\.6/);
  });

  it("takes poetry.lock, and markers and groups as they stand in it", async () => {
    const hatch = sources.find(({ project }) => project === "by-hatch");
    const wanted = hatch?.sha256 ?? "";
    const manifest = `[tool.poetry]\nname = "thing"\nversion = "1"\npackage-mode = false\n[tool.poetry.dependencies]\nby-hatch = "*"\n`;
    const text = await deploy("poetry-app", {
      "pyproject.toml": manifest,
      "poetry.lock": `[[package]]
name = "by-hatch"
version = "1.0"
description = ""
optional = false
python-versions = "*"
groups = ["main"]
files = [{file = "by_hatch-1.0.tar.gz", hash = "sha256:${wanted}"}]

[[package]]
name = "for-windows"
version = "1.0"
description = ""
optional = false
python-versions = "*"
groups = ["main"]
markers = "sys_platform == 'win32'"
files = [{file = "for_windows-1.0.tar.gz", hash = "sha256:${wanted}"}]

[metadata]
lock-version = "2.1"
python-versions = "*"
content-hash = "${poetryHash(manifest)}"
`,
      "server.py": serve("import by_hatch\nanswer = [by_hatch.name]\n"),
      Procfile: "web: python server.py\n",
    });
    expect(text).toBe("hatch");
  });

  it("says what is wrong with what the index has", async () => {
    const missing = await failure("missing", `nothing==1.0 --hash=sha256:${"0".repeat(64)}`);
    expect(missing).toMatchObject({ code: "NIX_BUILD_FAILED" });
    expect(missing?.detail).toContain("HTTP error 404");
    const two = `MarkupSafe==2.1.2 --hash=sha256:${"0".repeat(64)} --hash=sha256:${"1".repeat(64)}`;
    expect(await failure("two", two)).toMatchObject({ code: "LOCKFILE_UNSUPPORTED_SOURCE" });
    expect(await failure("none", "MarkupSafe==2.1.2")).toMatchObject({ code: "LOCKFILE_NO_HASH" });
  });
});

async function deploy(app: string, files: Readonly<Record<string, string>>): Promise<string> {
  const deployment = await server.deployed(app, await makeTree(files));
  expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
  return (await server.get(app)).text;
}

async function failure(app: string, requirements: string) {
  const dir = await makeTree({
    "requirements.txt": `${requirements}\n`,
    Procfile: "web: python\n",
  });
  return (await server.deployed(app, dir)).failure;
}

/** A program that answers with the words of `answer`. */
function serve(prelude: string): string {
  return `import http.server, os
${prelude}
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(" ".join(map(str, answer)).encode())


def run():
    address = (os.environ["BIND_ADDRESS"], int(os.environ["PORT"]))
    http.server.ThreadingHTTPServer(address, Handler).serve_forever()


if __name__ == "__main__":
    run()
`;
}

function poetryHash(text: string): string {
  const digest = (algorithm: string, content: string) =>
    createHash(algorithm).update(content).digest("hex");
  return poetryContentHashes({ file: "pyproject.toml", text }, digest)[0] ?? "";
}

/** As `uv lock` writes it; the addresses are those of an index that is not reachable here. */
function uvLock(name: string, files: readonly IndexedFile[]): string {
  const own = `version = 1
requires-python = ">=3.9"

[[package]]
name = "${name}"
version = "2.5"
source = { editable = "." }
dependencies = [${files.map(({ project }) => `{ name = "${project}" }`).join(", ")}]

[package.metadata]
requires-dist = [${files.map(({ project }) => `{ name = "${project}" }`).join(", ")}]
`;
  const others = files.map(({ project, version, fileName, sha256 }) => {
    const file = `{ url = "https://index.invalid/packages/${fileName}", hash = "sha256:${sha256}" }`;
    return `
[[package]]
name = "${project}"
version = "${version}"
source = { registry = "https://index.invalid/simple" }
${fileName.endsWith(".whl") ? `wheels = [${file}]` : `sdist = ${file}`}
`;
  });
  return own + others.join("");
}
