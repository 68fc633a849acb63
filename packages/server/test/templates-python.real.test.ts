import { randomUUID } from "node:crypto";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  debianWheel,
  type IndexedFile,
  makeSdist,
  makeWheelFile,
  pypi,
  requirementLines,
} from "./registry/pypi.ts";
import { startRegistry, type TestRegistry } from "./registry/registry.ts";
import { makeTree } from "./support/apps.ts";
import { checkExample, examplesDir } from "./support/examples.ts";
import {
  destroyHome,
  makeTestHome,
  startTestServer,
  type TestServer,
} from "./support/test-server.ts";

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

let home = "";
let server: TestServer;
let registry: TestRegistry;
let web: readonly IndexedFile[] = [];
let greenlet: IndexedFile;
let sources: readonly IndexedFile[] = [];

beforeAll(async () => {
  web = [...(await Promise.all(webPackages.map(debianWheel))), ...decoys()];
  greenlet = await debianWheel("python3-greenlet");
  sources = await makeSources();
  registry = await startRegistry([pypi([...web, greenlet, ...sources])]);
  home = await makeTestHome("python");
  const settings = `[registries]\npypi = "${registry.url("pypi")}/simple/"\n`;
  await writeFile(join(home, "server.toml"), settings);
  server = await startTestServer({ home });
});

afterAll(async () => {
  await server?.stop();
  await destroyHome(home);
  await registry.close();
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
  const dir = await makeTree({});
  await cp(join(examplesDir, "python-venv"), dir, { recursive: true });
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
});
