import { describe, expect, it } from "vitest";
import { loadConfig } from "../config/load.ts";
import { Hop3Error } from "../errors.ts";
import { makeMemoryTree } from "../source/tree.ts";
import { builtInParts } from "./built-in.ts";
import { makePlan, type PlanRequest } from "./make-plan.ts";
import type { Plan } from "./plan.ts";
import { readPlanFiles } from "./plan-files.ts";

type Files = Readonly<Record<string, string>>;

async function planOf(
  files: Files,
  toml = "",
  more: Partial<PlanRequest> = {},
): Promise<Plan | Hop3Error> {
  const tree = makeMemoryTree(files);
  try {
    return makePlan({ tree, loaded: loadConfig(toml), ...(await readPlanFiles(tree)), ...more });
  } catch (error) {
    if (error instanceof Hop3Error) return error;
    throw error;
  }
}

/** `builder`, with what it builds: a template, or toolchains; or the code of the refusal. */
function resultOf(plan: Plan | Hop3Error): string {
  if (plan instanceof Hop3Error) return plan.code;
  const parts = plan.local?.toolchains.map(({ name }) => name) ?? [plan.nix.template ?? "file"];
  return plan.builder === "docker" ? "docker" : `${plan.builder} ${parts.join(",")}`;
}

const lock = JSON.stringify({ lockfileVersion: 3, packages: {} });
const pins = `flask==3.0 --hash=sha256:${"0".repeat(64)}\ngunicorn==22.0 --hash=sha256:${"1".repeat(64)}\n`;
const file = { "hop3.nix": "{ }" };
const locked = { "package-lock.json": lock };
const node = { "package.json": JSON.stringify({ scripts: { start: "node a.js" } }) };
const python = { "requirements.txt": pins, "app.py": "from flask import Flask\napp = Flask(1)\n" };
const pages = { "index.html": "" };
const image = { Dockerfile: "FROM scratch\n" };
const named = '[nix]\ntemplate = "node-source"\n';
const all = { ...file, ...node, ...locked, ...image };

describe("the order", () => {
  const cases: readonly [what: string, files: Files, toml: string, result: string][] = [
    ["a file goes before all", all, "", "nix file"],
    ["a file and a named template contradict each other", all, named, "NIX_FILE_AND_TEMPLATE"],
    [
      "a named template needs no detection",
      { ...python, ...node, ...locked },
      named,
      "nix node-source",
    ],
    ["a detected template", { ...node, ...locked, ...image }, "", "nix node-source"],
    ["local, where no template fits", { ...node, ...image }, "", "local node"],
    ["docker, where no toolchain fits either", image, "", "docker"],
    ["docker, where there are only pages beside it", { ...pages, ...image }, "", "docker"],
    ["nothing", { "a.txt": "" }, "", "PLAN_NO_BUILDER"],
    [
      "two templates, and local would take it",
      { ...python, ...node, ...locked },
      "",
      "DETECT_AMBIGUOUS",
    ],
    ["two templates, and a file", { ...python, ...node, ...locked, ...file }, "", "nix file"],
    [
      "two languages, and docker takes it",
      { "go.mod": "", "Cargo.toml": "", ...image },
      "",
      "docker",
    ],
  ];

  it.each(cases)("%s", async (...[, files, toml, result]) => {
    expect(resultOf(await planOf(files, toml))).toBe(result);
  });
});

describe("a builder that hop3.toml names", () => {
  const both = { ...python, ...node, ...locked };
  const cases: readonly [what: string, files: Files, toml: string, result: string][] = [
    ["nix, over nothing", all, 'method = "nix"', "nix file"],
    ["nix, of two templates", both, 'method = "nix"', "DETECT_AMBIGUOUS"],
    ["local, of two templates", both, 'method = "local"\ntoolchain = "node"', "local node"],
    ["local, over a file", all, 'method = "local"', "local node"],
    [
      "local, beside a template that does not exist",
      node,
      `method = "local"\n[nix]\ntemplate = "nod"`,
      "local node",
    ],
    ["local, beside a file and a template", all, `method = "local"\n${named}`, "local node"],
    [
      "local, beside a key that means nothing",
      { ...node, ...locked },
      'method = "local"\n[nix]\ngo-ldflags = ["x"]',
      "local node",
    ],
    [
      "local, beside half a pin",
      node,
      `method = "local"\n[nix]\nnixpkgs-rev = "${"a".repeat(40)}"`,
      "local node",
    ],
    ["docker, of two templates", { ...both, ...image }, 'method = "docker"', "docker"],
    ["docker, in the other spelling", { ...both, ...image }, 'builder = "docker"', "docker"],
    ["docker, without its file", both, 'method = "docker"', "PLAN_NO_BUILDER"],
    ["local, of pages", { ...pages, ...image }, 'method = "local"', "local static"],
    [
      "local, of pages, in the other spelling",
      { ...pages, ...image },
      'builder = "local"',
      "local static",
    ],
    ["local, without a language", image, 'method = "local"', "PLAN_NO_BUILDER"],
    ["one that does not exist", node, 'method = "locla"', "BUILDER_UNAVAILABLE"],
  ];

  it.each(cases)("%s", async (...[, files, toml, result]) => {
    expect(resultOf(await planOf(files, `[build]\n${toml}\n`))).toBe(result);
  });

  it("is refused with its own reason, and all answers below", async () => {
    const refused = await planOf({ ...node, ...locked }, '[build]\nmethod = "docker"\n');
    expect(refused).toMatchObject({
      failure: {
        message: "no builder can build this app (docker: no Dockerfile in the directory)",
        place: { file: "hop3.toml", line: 2 },
        hint: expect.stringContaining("the builder 'nix' takes this app (found package.json"),
        detail: expect.stringMatching(/^nix +yes.*\n {2}file +no +no hop3\.nix\n/),
      },
    });
  });
});

describe("the answers of a Plan", () => {
  it("say what each builder looked at, and what decided", async () => {
    const plan = await planOf({ ...node, ...locked });
    expect(plan).toMatchObject({ decided: "the order: nix is the first that accepts" });
    if (plan instanceof Hop3Error) return;
    const [nix, local, docker] = plan.answers;
    expect(nix?.considered).toEqual([
      { name: "file", fits: false, reason: "no hop3.nix" },
      { name: "template", fits: false, reason: "[nix] template is not set" },
      {
        name: "detected",
        fits: true,
        reason: "found package.json and package-lock.json: node-source",
      },
    ]);
    expect(local?.considered.map(({ name }) => name)).toEqual(
      builtInParts.toolchains.map(({ name }) => name),
    );
    expect(docker).toMatchObject({ accepted: false, considered: [] });
  });

  it("name the line of hop3.toml that decided", async () => {
    const plan = await planOf({ ...node, ...locked }, '[build]\nmethod = "local"\n');
    expect(plan).toMatchObject({
      decided: 'hop3.toml:2:1 [build] method = "local"',
      reason: '[build] method = "local", and found package.json (node)',
    });
  });

  const skipped: readonly [what: string, files: Files, toml: string, reasons: string[]][] = [
    [
      "a file",
      file,
      "",
      ["found hop3.nix", "not asked: hop3.nix is there", "not asked: hop3.nix is there"],
    ],
    [
      "a named template",
      node,
      named,
      ["no hop3.nix", '[nix] template = "node-source"', "not asked: [nix] template is set"],
    ],
  ];

  it.each(skipped)(
    "say what was not asked any more after %s",
    async (...[, files, toml, reasons]) => {
      const plan = await planOf(files, toml);
      if (plan instanceof Hop3Error) throw plan;
      expect(plan.answers[0]?.considered.map(({ reason }) => reason)).toEqual(reasons);
    },
  );
});

describe("a builder of a plug-in that throws", () => {
  const broken = { name: "broken", accept: () => JSON.parse("{") as never };
  const parts = (builders: typeof builtInParts.builders) => ({
    parts: { ...builtInParts, builders },
  });

  it("has answered no, where another one is taken", async () => {
    const plan = await planOf(file, "", parts([...builtInParts.builders, broken]));
    expect(resultOf(plan)).toBe("nix file");
    expect(plan).toMatchObject({
      answers: [
        {},
        {},
        {},
        { builder: "broken", accepted: false, reason: expect.stringContaining("JSON") },
      ],
    });
  });

  it("ends the Plan where it would have been the next", async () => {
    await expect(
      planOf({ "a.txt": "" }, "", parts([...builtInParts.builders, broken])),
    ).rejects.toThrow(SyntaxError);
  });
});
