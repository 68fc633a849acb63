import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { evalNix, parseNix } from "../../test/nix-eval.ts";
import { evaluateWithStandIn } from "../../test/stand-in.ts";
import { loadConfig } from "../config/load.ts";
import { generatePlanned } from "../generate/generate.ts";
import { makePlan } from "../plan/make-plan.ts";
import { makeMemoryTree } from "../source/tree.ts";
import { templates } from "./registry.ts";

const digest = `sha512-${"A".repeat(86)}==`;

/** Files of the app that a recipe is for; the rest is in recipe.toml. */
const files: Readonly<Record<string, string>> = {
  "my pages/index.html": "",
  "requirements.txt": `thing==1.0 --hash=sha256:${"0".repeat(64)}\n`,
  "Cargo.toml": '[package]\nname = "thing"\n[dependencies]\nitoa = "1"\n',
  "Cargo.lock": `version = 3
[[package]]
name = "itoa"
version = "1.0.9"
source = "registry+https://index.example/"
checksum = "${"0".repeat(64)}"
`,
  Gemfile: 'gem "rails"\ngroup :test do\n  gem "rspec"\nend\n',
  "Gemfile.lock": `GEM
  remote: https://gems.example/
  specs:
    nokogiri (1.16.5-x86_64-linux)
    rails (7.1.3)
      nokogiri (~> 1.16)
    rspec (3.13.0)
DEPENDENCIES
  rails
  rspec
CHECKSUMS
  nokogiri (1.16.5-x86_64-linux) sha256=${"1".repeat(64)}
  rails (7.1.3) sha256=${"0".repeat(64)}
`,
  "package.json": JSON.stringify({
    scripts: { start: "next start --port $PORT" },
    dependencies: { "@a/b": "1.0.0" },
  }),
  "package-lock.json": JSON.stringify({
    lockfileVersion: 3,
    packages: {
      "": { dependencies: { "@a/b": "1.0.0" } },
      "node_modules/@a/b": {
        version: "1.0.0",
        integrity: digest,
        hasInstallScript: true,
        bin: { b: "./cli.js" },
      },
    },
  }),
};

/** `UPDATE_GOLDEN=1 npx vitest run packages/core/src/templates` writes them; read what has changed. */
const isUpdate = process.env["UPDATE_GOLDEN"] !== undefined;

describe("what each template writes for its recipe", () => {
  it.each(templates.map(({ id }) => id))("%s", async (id) => {
    const recipe = readFileSync(join(import.meta.dirname, id, "recipe.toml"), "utf8");
    const request = { tree: makeMemoryTree(files), loaded: loadConfig(recipe) };
    const plan = makePlan(request);
    expect(plan.nix.template).toBe(id);
    const text = await generatePlanned(plan, request);
    const golden = join(import.meta.dirname, id, "recipe.golden");
    if (isUpdate) writeFileSync(golden, text);
    expect(text).toBe(readFileSync(golden, "utf8"));
    parseNix(text);
    expect(evalNix(evaluateWithStandIn(text))).toMatchObject({
      workers: { web: expect.stringContaining("/stand-in/") },
    });
  });
});
