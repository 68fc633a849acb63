import { describe, expect, it } from "vitest";
import { loadConfig } from "../../config/load.ts";
import { deploySettings } from "../../plan/deploy-settings.ts";
import { makePlan } from "../../plan/make-plan.ts";
import { parseProcfile } from "../../source/procfile.ts";
import { makeMemoryTree } from "../../source/tree.ts";
import { readAppJson } from "./read.ts";

const appJson = JSON.stringify({
  name: "Shop",
  env: { SECRET: { generator: "secret" }, A: "from app.json", B: { value: "b" } },
  formation: { web: { quantity: 2 }, worker: { quantity: 3 } },
  scripts: { postdeploy: "./seed" },
  addons: ["heroku-postgresql", "papertrail"],
});
const tree = makeMemoryTree({ "hop3.nix": "{ }", "app.json": appJson });
const loaded = loadConfig('[env]\nA = "from hop3.toml"\n[run.workers.worker]\ninstances = 1\n');
const procfile = parseProcfile("web: ./serve\nworker: ./work\n");

describe("app.json at a deploy", () => {
  it("is nothing where there is none", async () => {
    expect(await readAppJson(makeMemoryTree({ "app.jsn": "{" }))).toBeUndefined();
  });

  it("stands below hop3.toml and Procfile, with its origin", async () => {
    const plan = makePlan({ tree, loaded, procfile, appJson: await readAppJson(tree) });
    expect(plan.workers).toEqual({
      web: { command: "./serve", origin: "Procfile" },
      worker: { command: "./work", origin: "Procfile" },
    });
    expect(plan.settings).toMatchObject({
      "metadata.title": { value: "Shop", origin: "app.json" },
      "env.A": { value: "from hop3.toml", origin: "hop3.toml" },
      "env.B": { value: "b", origin: "app.json" },
      "env.SECRET": { value: { generate: "hex", length: 32 }, origin: "app.json" },
      "run.before-run": { value: ["./seed"], origin: "app.json" },
    });
    expect(plan.warnings).toEqual([
      expect.stringMatching(/^app.json:1:\d+ scripts.postdeploy runs before every Release/),
      expect.stringMatching(/^app.json:1:\d+ the addon 'papertrail' is not carried over/),
      expect.stringMatching(
        /^app.json \[\[addons\]\] postgres: no plug-in of this server provides 'postgres'/,
      ),
    ]);
  });

  it("gives a deploy its settings", async () => {
    const conversion = await readAppJson(tree);
    const settings = deploySettings(loaded.config, procfile, conversion?.config);
    expect(settings).toMatchObject({
      beforeRun: ["./seed"],
      workers: {
        web: { command: "./serve", instances: 2 },
        worker: { command: "./work", instances: 1 },
      },
      env: {
        plain: { A: "from hop3.toml", B: "b" },
        generated: { SECRET: { generate: "hex", length: 32 } },
      },
    });
  });

  it("lets release of the Procfile win over postdeploy", async () => {
    const conversion = await readAppJson(tree);
    const release = parseProcfile("web: x\nrelease: ./migrate\n");
    expect(deploySettings({}, release, conversion?.config).beforeRun).toEqual(["./migrate"]);
  });

  it("refuses a wrong file with its place", async () => {
    const wrong = makeMemoryTree({ "app.json": '{\n  "env": []\n}' });
    await expect(readAppJson(wrong)).rejects.toThrow("app.json:2:3: env: expected a table");
  });
});
