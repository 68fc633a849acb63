import { describe, expect, it } from "vitest";
import { loadConfig } from "../config/load.ts";
import { combineConversions, overlayConfig, toConfigFile } from "./combine.ts";
import type { Conversion } from "./conversion.ts";
import { converters } from "./registry.ts";

const config = (text: string) => loadConfig(text).config;

function convert(id: string, text: string): Conversion {
  const converter = converters.find((each) => each.id === id);
  if (converter === undefined) throw new Error(`no converter ${id}`);
  return converter.convert({ text, file: converter.files[0] ?? "", has: () => false });
}

describe("overlayConfig", () => {
  it.each([
    {
      name: "a key of a section",
      over: "[deploy]\nkeep = 1",
      under: "[deploy]\nkeep = 2\n",
      expected: "[deploy]\nkeep = 1",
    },
    {
      name: "keys side by side",
      over: "[metadata]\nid = 'ab'",
      under: "[metadata]\ntitle = 'T'",
      expected: "[metadata]\nid = 'ab'\ntitle = 'T'",
    },
    {
      name: "variables",
      over: "[env]\nA = '1'",
      under: "[env]\nA = '2'\nB = '3'",
      expected: "[env]\nA = '1'\nB = '3'",
    },
    {
      name: "a command and its instances",
      over: "[run]\nstart = 'x'",
      under: "[run.workers.web]\ninstances = 2",
      expected: "[run.workers.web]\ncommand = 'x'\ninstances = 2",
    },
    {
      name: "two tables of one worker",
      over: "[run.workers.w]\ninstances = 1",
      under: "[run.workers.w]\ncommand = ['a']\ninstances = 2\n[run.workers.v]\ncommand = 'v'",
      expected: "[run.workers.w]\ncommand = ['a']\ninstances = 1\n[run.workers.v]\ncommand = 'v'",
    },
    {
      name: "addons of one kind, and others",
      over: "[[addons]]\ntype = 'postgres'",
      under: "[[addons]]\ntype = 'postgres'\nversion = '15'\n[[addons]]\ntype = 'redis'",
      expected: "[[addons]]\ntype = 'postgres'\n[[addons]]\ntype = 'redis'",
    },
    {
      name: "a section of the lower file only",
      over: "",
      under: "[limits]\ncpu = 1",
      expected: "[limits]\ncpu = 1",
    },
  ])("lets the upper file decide: $name", ({ over, under, expected }) => {
    expect(overlayConfig(config(over), config(under))).toEqual(config(expected));
  });
});

describe("combineConversions", () => {
  it("gives the first file the last word, and says so", () => {
    const combined = combineConversions([
      convert("procfile", "web: ./serve\nrelease: ./migrate\n"),
      convert(
        "app-json",
        '{"formation":{"web":{"quantity":3}},"env":{"A":"1"},"scripts":{"postdeploy":"./seed"}}',
      ),
      convert("dockerfile", "FROM python:3\nENV A=2 B=3\nCMD ./other\n"),
    ]);
    expect(toConfigFile(combined, { hasNixFile: false })).toEqual(
      config(`[build]
toolchain = "python"
[run]
before-run = "./migrate"
[run.workers]
web = { command = "./serve", instances = 3 }
[env]
A = "1"
B = "3"
[nix]
template = "python-venv"
`),
    );
    const overruled = combined.warnings.filter(({ reason }) => reason.includes("goes before it"));
    expect(overruled.map(({ message, place }) => `${place.file} ${message}`)).toEqual([
      "app.json the command before a Release is not carried over",
      "Dockerfile the command of web is not carried over",
      "Dockerfile the variable A is not carried over",
    ]);
  });

  it("joins inputs of one template and leaves those of another out", () => {
    const docker = convert("dockerfile", "FROM python:3\nRUN pip install -r r.txt\nCMD x\n");
    const python = convert("nixpacks-toml", 'providers = ["python"]');
    const node = convert("package-json", '{"main":"x.js"}');
    expect(combineConversions([python, docker]).hints.nix).toEqual({
      template: "python-venv",
      "pip-requirements": "r.txt",
    });
    expect(combineConversions([node, docker]).hints.nix).toEqual({ template: "node-source" });
  });

  it("asks for no template beside a hop3.nix", () => {
    const node = convert("package-json", '{"main":"x.js"}');
    expect(toConfigFile(node, { hasNixFile: true }).nix).toBeUndefined();
  });
});
