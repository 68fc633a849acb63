import { describe, expect, it } from "vitest";
import { evalNix } from "../../../test/nix-eval.ts";
import { evaluateWithStandIn } from "../../../test/stand-in.ts";
import { loadConfig } from "../../config/load.ts";
import { Hop3Error } from "../../errors.ts";
import { generatePlanned } from "../../generate/generate.ts";
import { makePlan } from "../../plan/make-plan.ts";
import { makeMemoryTree } from "../../source/tree.ts";
import { wantedMajor } from "./manifest.ts";

const digest = `sha512-${"A".repeat(86)}==`;

interface NodeApp {
  readonly manifest?: object;
  /** Entries of package-lock.json. */
  readonly locked?: Readonly<Record<string, object>>;
  readonly files?: Readonly<Record<string, string>>;
}

async function generate({ manifest = {}, locked = {}, files = {} }: NodeApp): Promise<string> {
  const root = { scripts: { start: "node server.js" }, ...manifest };
  const lock = { lockfileVersion: 3, packages: { "": root, ...locked } };
  const own = "pnpm-lock.yaml" in files || "yarn.lock" in files;
  const tree = makeMemoryTree({
    "package.json": JSON.stringify(root),
    ...(own ? {} : { "package-lock.json": JSON.stringify(lock) }),
    ...files,
  });
  const request = { tree, loaded: loadConfig('[nix]\ntemplate = "node-source"\n') };
  const text = await generatePlanned(makePlan(request), request);
  evalNix(evaluateWithStandIn(text));
  return text;
}

async function failureOf(app: NodeApp): Promise<Hop3Error["failure"]> {
  try {
    await generate(app);
  } catch (error) {
    if (error instanceof Hop3Error) return error.failure;
    throw error;
  }
  throw new Error("it was accepted");
}

const pack = (more: object = {}) => ({ version: "1.0.0", integrity: digest, ...more });

describe("install scripts", () => {
  it("run for the packages that the lockfile flags, with a compiler", async () => {
    const text = await generate({
      manifest: { dependencies: { a: "1.0.0", b: "1.0.0" } },
      locked: { "node_modules/a": pack({ hasInstallScript: true }), "node_modules/b": pack() },
    });
    expect(text).toContain("pkgs.gcc");
    expect(text).toMatch(/scripts = \[\s+\[\s+"node_modules\/a"\s+false\s+\]\s+\]/);
  });

  it("wait for no compiler where nothing is compiled", async () => {
    const text = await generate({
      manifest: { dependencies: { esbuild: "1.0.0" } },
      locked: { "node_modules/esbuild": pack({ hasInstallScript: true }) },
    });
    expect(text).not.toContain("pkgs.gcc");
    expect(text).toContain('"node_modules/esbuild"');
  });

  const pnpmLock = `lockfileVersion: '9.0'
importers:
  .:
    dependencies:
      a: {specifier: 1.0.0, version: 1.0.0}
      b: {specifier: 1.0.0, version: 1.0.0}
packages:
  a@1.0.0: {resolution: {integrity: ${digest}}}
  b@1.0.0: {resolution: {integrity: ${digest}}}
snapshots:
  a@1.0.0: {}
  b@1.0.0: {}
`;
  const dependencies = { a: "1.0.0", b: "1.0.0" };
  const scripted = (text: string) =>
    [...(/scripts = \[(.*?)\];/s.exec(text)?.[1] ?? "").matchAll(/\/([ab])"/g)].map(
      ([, name]) => name,
    );

  it.each([
    { whom: "all of pnpm 9", more: {}, workspace: "", wanted: ["a", "b"] },
    {
      whom: "those that package.json names",
      more: { pnpm: { onlyBuiltDependencies: ["b"] } },
      workspace: "",
      wanted: ["b"],
    },
    {
      whom: "those that the workspace names",
      more: {},
      workspace: "onlyBuiltDependencies:\n  - 'a' # why\n",
      wanted: ["a"],
    },
    { whom: "none of pnpm 10", more: { packageManager: "pnpm@10.1.0" }, workspace: "", wanted: [] },
  ])("run for $whom", async ({ more, workspace, wanted }) => {
    const files = { "pnpm-lock.yaml": pnpmLock, "pnpm-workspace.yaml": workspace };
    expect(scripted(await generate({ manifest: { dependencies, ...more }, files }))).toEqual(
      wanted,
    );
  });
});

describe("modules", () => {
  const dev = { dependencies: { a: "1.0.0" }, devDependencies: { b: "1.0.0" } };
  const locked = { "node_modules/a": pack(), "node_modules/b": pack({ dev: true }) };

  it("are those of production where nothing is built", async () => {
    const text = await generate({ manifest: dev, locked });
    expect(text).not.toContain("b/-/b-1.0.0.tgz");
    expect(text).not.toContain("production =");
  });

  it("are all for a build, and those of production for the Release", async () => {
    const scripts = { start: "node server.js", build: "tsc" };
    const text = await generate({ manifest: { ...dev, scripts }, locked });
    expect(text).toContain("b/-/b-1.0.0.tgz");
    expect(text).toContain('leaveOut = "./node_modules/b\\n"');
    expect(text.indexOf("npm run build")).toBeLessThan(
      text.indexOf(`link_modules ${"$"}{production}`),
    );
  });

  it("are copied where a script of the app writes into them, tools of a checkout apart", async () => {
    const scripts = { start: "node server.js", postinstall: "patch-package" };
    const copied = await generate({ manifest: { ...dev, scripts }, locked });
    expect(copied).toContain(`cp -r ${"$"}{modules}/. app`);
    expect(copied).toContain("npm run postinstall");
    const husky = { start: "node server.js", postinstall: "husky install" };
    expect(await generate({ manifest: { ...dev, scripts: husky }, locked })).not.toContain(
      "npm run postinstall",
    );
  });

  it("hold links to workspaces, and their commands", async () => {
    const text = await generate({
      manifest: { workspaces: ["packages/*"] },
      locked: {
        "node_modules/@x/lib": { resolved: "packages/lib", link: true },
        "packages/lib": { name: "@x/lib", version: "1.0.0" },
      },
      files: {
        "packages/lib/package.json": '{"name":"@x/lib","bin":"cli.js"}',
        "packages/lib/cli.js": "#!/usr/bin/env node",
      },
    });
    expect(text).toContain("ln -sfn ../../packages/lib app/node_modules/@x/lib");
    expect(text).toContain("ln -sfn ../../packages/lib/cli.js app/node_modules/.bin/lib");
    expect(text).toContain("patchShebangs app/packages/lib/cli.js");
  });
});

describe("Node and the package manager", () => {
  it.each([
    ["22", "22"],
    ["22.x", "22"],
    ["^20.9.0", "20"],
    [">=22 <23", "22"],
    [">= 18.0.0 < 19", "18"],
    [">=18", undefined],
    ["18 || 20", undefined],
    [">=18 <21", undefined],
  ])("engines %s is %s", (node, major) => {
    expect(wantedMajor({ scripts: {}, engines: { node } })).toBe(major);
  });

  it("takes the Node that engines names if the set has it", async () => {
    const text = await generate({ manifest: { engines: { node: "22.x" } } });
    expect(text).toContain("nodejs = pkgs.nodejs_22 or pkgs.nodejs;");
  });

  it("takes the pinned pnpm, and a stand-in for one without a hash", async () => {
    const scripts = { start: "node server.js", build: "pnpm -r build" };
    const pin = `pnpm@9.15.9+sha512.${"0".repeat(128)}`;
    const pinned = await generate({ manifest: { scripts, packageManager: pin } });
    expect(pinned).toContain("pnpm/-/pnpm-9.15.9.tgz");
    const other = await generate({ manifest: { scripts, packageManager: "pnpm@9.15.9" } });
    expect(other).toContain('pnpm = pkgs.writeShellScriptBin "pnpm"');
    expect(await generate({})).not.toContain("writeShellScriptBin");
  });
});

describe("what is refused", () => {
  it("Plug'n'Play", async () => {
    const lock = '__metadata:\n  version: 8\n\n"app@workspace:.":\n  version: 0.0.0-use.local\n';
    const text = `${lock}  resolution: "app@workspace:."\n`;
    const failure = await failureOf({ files: { "yarn.lock": text } });
    expect(failure).toMatchObject({ code: "TEMPLATE_INPUT", place: { file: "yarn.lock" } });
    expect(failure.hint).toContain("nodeLinker: node-modules");
    const linked = { "yarn.lock": text, ".yarnrc.yml": "nodeLinker: node-modules\n" };
    expect(await generate({ files: linked })).toContain("packages = [ ]");
  });

  it("an archive beside the app", async () => {
    const failure = await failureOf({
      manifest: { dependencies: { a: "file:a.tgz" } },
      locked: { "node_modules/a": { version: "1.0.0", resolved: "file:a.tgz", integrity: digest } },
    });
    expect(failure.message).toContain("the archive a.tgz");
  });
});
