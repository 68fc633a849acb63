import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { evalNix, parseNix } from "../../test/nix-eval.ts";
import { evaluateWithStandIn } from "../../test/stand-in.ts";
import { loadConfig } from "../config/load.ts";
import { makePlan } from "../plan/make-plan.ts";
import { makeMemoryTree } from "../source/tree.ts";
import { generatePlanned } from "./generate.ts";

/** Recipes of others, which are not part of this repository. */
const fleet = join(import.meta.dirname, "../../../../../shared/fleet");
const isThere = existsSync(fleet);

const wanted: Readonly<Record<string, readonly [template: string, tier: string]>> = {
  adminer: ["php-app", "source"],
  directus: ["nixpkgs-wrapper", "nixpkgs"],
  focalboard: ["prebuilt-archive", "prebuilt"],
  gitea: ["go-source", "source"],
  grafana: ["nixpkgs-wrapper", "nixpkgs"],
  jenkins: ["java-war", "prebuilt"],
  keycloak: ["nixpkgs-wrapper", "nixpkgs"],
  nextcloud: ["php-app", "source"],
  radicale: ["python-venv", "source"],
  redmine: ["ruby-bundler", "source"],
  searxng: ["nixpkgs-wrapper", "nixpkgs"],
  "stirling-pdf": ["java-gradle", "source"],
  vikunja: ["go-source", "source"],
  "wiki-js": ["node-prebuilt", "prebuilt"],
};

function readRecipe(name: string) {
  const dir = join(fleet, name);
  const files = readdirSync(dir).map((file) => [file, readFileSync(join(dir, file), "utf8")]);
  const tree = makeMemoryTree(Object.fromEntries(files));
  const loaded = loadConfig(readFileSync(join(dir, "hop3.toml"), "utf8"));
  return { tree, loaded };
}

describe.skipIf(!isThere)("recipes of the fleet (../shared/fleet, where it is there)", () => {
  it("are all known here", () => {
    const names = readdirSync(fleet, { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    expect(names.map(({ name }) => name).sort()).toEqual(Object.keys(wanted));
  });

  it.each(Object.entries(wanted))("%s", async (name, [template, tier]) => {
    const recipe = readRecipe(name);
    const plan = makePlan(recipe);
    expect([plan.nix.template, plan.tier]).toEqual([template, tier]);
    const text = await generatePlanned(plan, recipe);
    expect(await generatePlanned(plan, readRecipe(name))).toBe(text);
    parseNix(text);
    const made = evalNix(evaluateWithStandIn(text));
    expect(made).toMatchObject({ workers: { web: expect.stringContaining("/stand-in/") } });
  });
});
