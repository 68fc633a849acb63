import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { evalNix, parseNix } from "../../test/nix-eval.ts";
import { startGenerated } from "../../test/run-start.ts";
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

/** What web starts, and a line of what it reads then: read by eye once, held here. */
const starts: Readonly<Record<string, readonly [command: string, file?: string, line?: string]>> = {
  adminer: ["-serve-php /stand-in/runCommand/share/adminer"],
  directus: ["/stand-in/directus/bin/directus start"],
  focalboard: [
    "/bin/focalboard-server",
    "config.json",
    '"webpath": "/stand-in/mkDerivation/share/focalboard/webapp-pack"',
  ],
  gitea: [
    "/bin/gitea web",
    "custom/conf/app.ini",
    "STATIC_ROOT_PATH = /stand-in/buildGoModule/share/gitea\n",
  ],
  grafana: [
    "server --homepath /stand-in/grafana/share/grafana --config /data/conf/custom.ini",
    "conf/custom.ini",
    "host = db.test:5555\n",
  ],
  jenkins: ["--httpPort=4321"],
  keycloak: ["/bin/.kc.sh-wrapped start-dev --http-host=0.0.0.0 --http-port=4321"],
  nextcloud: ["-serve-php /data/share/nextcloud"],
  radicale: ["/venv/bin/radicale --config config", "config", "hosts = 0.0.0.0:4321\n"],
  redmine: [
    "/bin/rails server -b 0.0.0.0 -p 4321",
    "share/redmine/config/database.yml",
    "  host: db.test\n",
  ],
  searxng: ["/bin/searxng-run"],
  "stirling-pdf": ["/bin/stirling-pdf"],
  vikunja: ["/bin/api", "config.yml", 'publicurl: "http://localhost:8080/"\n'],
  "wiki-js": ["/share/wiki-js/server/index.js", "config.yml", "  host: db.test\n"],
};

const variables = {
  SEARXNG_SECRET: "made",
  SECRET_KEY: "made",
  INTERNAL_TOKEN: "made",
  JWT_SECRET: "made",
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

  it.each(Object.entries(starts))("%s starts", async (name, [command, file = "", line = ""]) => {
    const recipe = readRecipe(name);
    const text = await generatePlanned(makePlan(recipe), recipe);
    const started = startGenerated(text, variables);
    expect(started.exitCode, started.stderr).toBe(0);
    const words = started.ran.at(-1)?.join(" ") ?? "";
    expect(words.slice(-command.length)).toBe(command);
    expect(started.files[file] ?? "").toContain(line);
  });
});
