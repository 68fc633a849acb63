import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseNix } from "../../test/nix-eval.ts";
import { loadConfig } from "../config/load.ts";
import { makePlan } from "../plan/make-plan.ts";
import { makeMemoryTree } from "../source/tree.ts";
import { exportPackage, usedRegistries } from "./export.ts";
import { plannedExpression } from "./generate.ts";

async function exported(template: string, files: Readonly<Record<string, string>> = {}) {
  const file = join(import.meta.dirname, "../templates", template, "recipe.toml");
  const request = { tree: makeMemoryTree(files), loaded: loadConfig(readFileSync(file, "utf8")) };
  const plan = makePlan(request);
  const expression = await plannedExpression(plan, request);
  const metadata = {
    description: "Serves things.\n",
    homepage: "https://example.org/thing",
    license: "MIT",
  };
  return exportPackage({
    expression,
    app: "thing",
    version: "2.0",
    template,
    metadata,
    registries: Object.fromEntries(
      usedRegistries(expression).map((name) => [name, `https://${name}.example.org`]),
    ),
  });
}

describe("exportPackage", () => {
  it.each([
    ["static-site", { "my pages/index.html": "" }],
    ["prebuilt-binary", {}],
  ] as const)("writes what nixpkgs would have of %s", async (template, files) => {
    const { packageNix, flakeNix } = await exported(template, files);
    parseNix(packageNix);
    parseNix(flakeNix);
    await expect(packageNix).toMatchFileSnapshot(`export/${template}.golden`);
    await expect(flakeNix).toMatchFileSnapshot(`export/${template}-flake.golden`);
  });

  it("names a licence that nixpkgs does not know", async () => {
    const { loaded, tree } = {
      loaded: loadConfig('[nix]\ntemplate = "static-site"\n'),
      tree: makeMemoryTree({ "index.html": "" }),
    };
    const plan = makePlan({ loaded, tree });
    const { packageNix, mainProgram } = exportPackage({
      expression: await plannedExpression(plan, { loaded, tree }),
      app: "site",
      version: undefined,
      template: "static-site",
      metadata: { license: "Odd-1.0" },
      registries: {},
    });
    expect(packageNix).toContain('spdxId = "Odd-1.0";');
    expect(mainProgram).toBe("site");
    parseNix(packageNix);
  });
});
