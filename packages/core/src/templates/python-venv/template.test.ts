import { describe, expect, it } from "vitest";
import { parseNix } from "../../../test/nix-eval.ts";
import { loadConfig } from "../../config/load.ts";
import { Hop3Error } from "../../errors.ts";
import { generateNix } from "../../generate/generate.ts";
import { makeMemoryTree } from "../../source/tree.ts";
import { templates } from "../registry.ts";
import { selectTemplate } from "../select-template.ts";
import type { Outside } from "../template.ts";
import { pythonVenv } from "./template.ts";

const hex = (digit: string) => digit.repeat(64);

async function generate(
  files: Readonly<Record<string, string>>,
  outside?: Outside,
): Promise<string> {
  const loaded = loadConfig(files["hop3.toml"] ?? "");
  const request = { template: pythonVenv, tree: makeMemoryTree(files), loaded };
  return generateNix(outside === undefined ? request : { ...request, outside });
}

/** An index whose one package has wheels for two versions of Python. */
function indexWith(python: string): Outside & { readonly asked: string[] } {
  const asked: string[] = [];
  const files = [
    { filename: "fast-1.0-cp311-cp311-manylinux_2_17_x86_64.whl", digit: "a" },
    { filename: "fast-1.0-cp313-cp313-manylinux_2_17_x86_64.whl", digit: "b" },
    { filename: "fast-1.0.tar.gz", digit: "c" },
  ].map(({ filename, digit }) => ({
    filename,
    url: `../../files/${filename}`,
    hashes: { sha256: hex(digit) },
  }));
  return {
    asked,
    target: async () => ({ python }),
    async indexPage(name) {
      asked.push(name);
      return { url: "http://127.0.0.1/simple/fast/", text: JSON.stringify({ files }) };
    },
  };
}

const several = `fast==1.0 ${["a", "b", "c"].map((digit) => `--hash=sha256:${hex(digit)}`).join(" ")}\n`;

describe("python-venv with several hashes a requirement", () => {
  it.each([
    ["3.11.2", "fast-1.0-cp311-cp311-manylinux_2_17_x86_64.whl"],
    ["3.13.5", "fast-1.0-cp313-cp313-manylinux_2_17_x86_64.whl"],
    ["3.12.0", "fast-1.0.tar.gz"],
  ])("takes the file for Python %s of the set: %s", async (python, file) => {
    const outside = indexWith(python);
    const text = await generate({ "requirements.txt": several }, outside);
    parseNix(text);
    expect(text).toContain(`"${file}"`);
    expect(text.match(/sha256-/g)).toHaveLength(1);
    expect(outside.asked).toEqual(["fast"]);
    expect(text.includes("ps.setuptools")).toBe(file.endsWith(".tar.gz"));
  });

  it("asks nobody about one hash, or what hop3.lock knows", async () => {
    const outside = indexWith("3.11.2");
    await generate({ "requirements.txt": `fast==1.0 --hash=sha256:${hex("a")}\n` }, outside);
    const file = "fast-1.0-cp311-cp311-manylinux_2_17_x86_64.whl";
    const hash = `sha256-${Buffer.from(hex("a"), "hex").toString("base64")}`;
    const lock = { version: 1, packages: { "pypi:fast@1.0": [{ file, hash }] } };
    const files = { "requirements.txt": several, "hop3.lock": JSON.stringify(lock) };
    expect(await generate(files, outside)).toContain(file);
    expect(outside.asked).toEqual([]);
  });

  it("says what to do where nobody can be asked", async () => {
    const failure = await generate({ "requirements.txt": several }).then(
      () => undefined,
      (error: unknown) => (error instanceof Hop3Error ? error.failure : undefined),
    );
    expect(failure).toMatchObject({ code: "TEMPLATE_INPUT", place: { file: "requirements.txt" } });
    expect(failure?.message).toContain("fast==1.0 3 hashes");
  });
});

it("uses the lockfile's own addresses where the server has no index", async () => {
  const url = "https://files.invalid/fast-1.0-py3-none-any.whl";
  const text = await generate({
    "uv.lock": `version = 1
[[package]]
name = "own"
version = "1"
source = { virtual = "." }
dependencies = [{ name = "fast" }]
[[package]]
name = "fast"
version = "1.0"
source = { registry = "https://files.invalid/simple" }
wheels = [{ url = "${url}", hash = "sha256:${hex("a")}" }]
`,
  });
  expect(text).toContain(`registries.configured.pypi or "${url}"`);
});

describe("how a Python app is started when nobody says it", () => {
  const flask = "from flask import Flask\n\napp = Flask(__name__)\n";
  const pins = (...names: readonly string[]) =>
    names.map((name) => `${name}==1 --hash=sha256:${hex("a")}\n`).join("");
  const apps: readonly (readonly [string, Readonly<Record<string, string>>, string | undefined])[] =
    [
      [
        "Flask and gunicorn",
        { "app.py": flask, "requirements.txt": pins("flask", "gunicorn") },
        "gunicorn app:app --bind",
      ],
      [
        "FastAPI and uvicorn",
        {
          "main.py": "import fastapi\napi: fastapi.FastAPI = fastapi.FastAPI()\n",
          "requirements.txt": pins("fastapi", "uvicorn"),
        },
        "uvicorn main:api --host",
      ],
      [
        "Django",
        {
          "manage.py": "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
          "shop/wsgi.py": "",
          "requirements.txt": pins("django", "gunicorn"),
        },
        "gunicorn shop.wsgi:application --bind",
      ],
      ["Flask without a server", { "app.py": flask, "requirements.txt": pins("flask") }, undefined],
      [
        "two apps in one directory",
        { "app.py": flask, "main.py": flask, "requirements.txt": pins("flask", "gunicorn") },
        undefined,
      ],
      ["a library", { "setup.py": "", "requirements.txt": pins("flask", "gunicorn") }, undefined],
      ["no lockfile", { "app.py": flask }, undefined],
    ];

  it.each(apps)("%s", async (_name, files, command) => {
    const question = {
      tree: makeMemoryTree(files),
      loaded: loadConfig(""),
      texts: new Map(Object.entries(files)),
    };
    expect(selectTemplate(question, templates)?.template.id).toBe(command && "python-venv");
    if (command !== undefined) expect(await generate(files)).toContain(`/venv/bin/${command}`);
  });
});

describe("what of the app itself is installed", () => {
  const requirements = `-e .\n./lib\nfast==1.0 --hash=sha256:${hex("a")}\n`;
  const system = '[build-system]\nrequires = ["setuptools"]\n';

  it("is what the lockfile names and can be built", async () => {
    const text = await generate({
      "requirements.txt": requirements,
      "pyproject.toml": `[project]\nname = "own"\nversion = "1"\n${system}`,
      "lib/setup.py": "",
    });
    expect(text).toMatch(/pip wheel .* \.\/app\/\. \.\/app\/lib\n/);
  });

  it("is nothing where the project is no package", async () => {
    const text = await generate({
      "uv.lock": `version = 1\n[[package]]\nname = "own"\nversion = "1"\nsource = { virtual = "." }\n`,
      "pyproject.toml": '[project]\nname = "own"\nversion = "1"\n',
    });
    expect(text).not.toContain("pip wheel");
  });
});
