import { describe, expect, it } from "vitest";
import { loadConfig } from "../config/load.ts";
import { Hop3Error } from "../errors.ts";
import { parseProcfile } from "../source/procfile.ts";
import { makeMemoryTree } from "../source/tree.ts";
import { makePlan, type PlanRequest } from "./make-plan.ts";
import { Plan } from "./plan.ts";

const nixTree = makeMemoryTree({ "hop3.nix": "{ }" });

function request(toml: string, tree = nixTree): PlanRequest {
  return { tree, loaded: loadConfig(toml) };
}

describe("makePlan", () => {
  it("chooses nix because hop3.nix is there, with every builder's answer", () => {
    const plan = makePlan({
      tree: nixTree,
      procfile: parseProcfile("web: x\n"),
      packageSet: "debian",
    });
    expect(Plan.parse(plan)).toEqual(plan);
    expect(plan).toMatchObject({
      builder: "nix",
      reason: "found hop3.nix",
      tier: "source",
      packageSet: "debian",
      nix: { file: "hop3.nix", pure: true, timeoutSeconds: 1800, maxSilentSeconds: 300 },
      workers: { web: { command: "x", origin: "Procfile" } },
      warnings: [],
    });
    expect(plan.answers.map(({ builder, accepted }) => [builder, accepted])).toEqual([
      ["nix", true],
      ["local", false],
      ["docker", false],
    ]);
  });

  it.each([
    ["Dockerfile", { Dockerfile: "" }],
    ["Containerfile", { Dockerfile: "", Containerfile: "" }],
  ])("chooses docker where nothing else takes a directory with a %s", (file, files) => {
    const plan = makePlan({ tree: makeMemoryTree(files) });
    expect(plan).toMatchObject({ builder: "docker", reason: `found ${file}`, tier: "unpinned" });
    const both = makePlan({ tree: makeMemoryTree({ ...files, "hop3.nix": "" }) });
    expect(both.builder).toBe("nix");
  });

  it("chooses nix because hop3.toml says so, in either spelling", () => {
    for (const key of ["method", "builder"]) {
      const plan = makePlan(request(`[build]\n${key} = "nix"\n`));
      expect(plan.reason).toBe(`[build] ${key} = "nix", and found hop3.nix`);
    }
  });

  it("takes the file, the limits and purity from hop3.toml", () => {
    const tree = makeMemoryTree({ "nix/app.nix": "{ }" });
    const toml = `[build.nix]\nfile = "nix/app.nix"\npure = false\ntimeout = "1h"\n`;
    const plan = makePlan({
      ...request(toml, tree),
      policy: { allowImpure: true, isSandboxed: true },
    });
    expect(plan.nix).toEqual({
      file: "nix/app.nix",
      pure: false,
      timeoutSeconds: 3600,
      maxSilentSeconds: 300,
    });
    expect(plan.tier).toBe("unpinned");
  });

  it("shows list commands as a reader can tell their words apart", () => {
    const plan = makePlan(request(`[run]\nstart = ["serve", "a b", "--x=1"]\n`));
    expect(plan.workers).toEqual({ web: { command: 'serve "a b" --x=1', origin: "hop3.toml" } });
  });

  const refused: readonly [
    name: string,
    request: PlanRequest,
    failure: { code: string; part: string },
  ][] = [
    [
      "nothing to build",
      { tree: makeMemoryTree({ "app.py": "" }) },
      {
        code: "PLAN_NO_BUILDER",
        part: "nix: no hop3.nix in the directory, and no template knows its files; local:",
      },
    ],
    [
      "a misspelt file",
      request('[build.nix]\nfile = "hop.nix"\n'),
      { code: "PLAN_NO_BUILDER", part: "no hop.nix; there is hop3.nix" },
    ],
    [
      "method nix without the file",
      request('[build]\nmethod = "nix"\n', makeMemoryTree({ a: "" })),
      { code: "PLAN_NO_BUILDER", part: "nix: no hop3.nix" },
    ],
    [
      "an unknown template",
      request('[nix]\ntemplate = "static-sites"\n', makeMemoryTree({ a: "" })),
      { code: "TEMPLATE_UNKNOWN", part: "no template 'static-sites'" },
    ],
    [
      "a template beside the file",
      request('[nix]\ntemplate = "php-app"\n'),
      { code: "NIX_FILE_AND_TEMPLATE", part: "hop3.nix" },
    ],
    ["local", request('[build]\nmethod = "local"\n'), { code: "PLAN_NO_BUILDER", part: "local: " }],
    [
      "docker without a Dockerfile",
      request('[build]\nbuilder = "docker"\n'),
      { code: "PLAN_NO_BUILDER", part: "docker: no Dockerfile" },
    ],
    [
      "half a pin beside hop3.nix",
      request(`[nix]\nnixpkgs-rev = "${"a".repeat(40)}"\n`),
      { code: "NIXPKGS_PIN_HALF", part: "nixpkgs-rev without nixpkgs-sha256" },
    ],
    [
      "impure without permission",
      {
        ...request("[build.nix]\npure = false\n"),
        policy: { allowImpure: false, isSandboxed: true },
      },
      { code: "POLICY_IMPURE", part: "not allowed" },
    ],
  ];

  it.each(refused)("refuses %s", (_name, asked, { code, part }) => {
    let failure: Hop3Error["failure"] | undefined;
    try {
      makePlan(asked);
    } catch (error) {
      if (error instanceof Hop3Error) failure = error.failure;
    }
    expect(failure?.code).toBe(code);
    expect(failure?.message).toContain(part);
    expect(failure?.hint).toBeTruthy();
  });

  it.each([
    [
      "[[addons]]\ntype = 'redis'\n",
      "hop3.toml:1:3 [[addons]] redis: no plug-in of this server provides 'redis'; no service is",
    ],
    ["[[volumes]]\nname = 'a'\ntarget = '/x'\n", "hop3.toml:1:3 [[volumes]] "],
    ["[limits]\nmemory = '1G'\n", "hop3.toml:1:2 [limits] is not enforced"],
    ["[port]\nssh = 22\n", "hop3.toml:1:2 [port] "],
    ["[[ports]]\nname = 'a'\nport = 22\n", "hop3.toml:1:3 [[ports]] "],
    ["[backup]\nschedule = 'x'\n", "hop3.toml:1:2 [backup] "],
    ["[admin]\nusername = 'x'\n", "hop3.toml:1:2 [admin] "],
    ["[contexts.a.env]\nB = 1\n", "hop3.toml:1:2 [contexts] "],
    ["[deploy]\npreview-config = ['A']\n", "hop3.toml:2:1 [deploy] preview-config has no effect"],
    ["[deploy]\npreview-addons = 'none'\n", "hop3.toml:2:1 [deploy] preview-addons has no effect"],
    ["[run.static]\n'/s' = 'x'\n", "hop3.toml:1:6 [run] static "],
    ["[healthcheck]\ncommand = 'x'\n", "hop3.toml:2:1 [healthcheck] command "],
    [
      "[env]\nA = { from = 'db', key = 'B' }\n",
      "hop3.toml:2:1 [env] A is not set: no [[addons]] is called 'db'",
    ],
    [
      "[build]\nbefore-build = 'x'\n",
      "hop3.toml:2:1 [build] before-build is for the local builder",
    ],
    ["[[provider]]\nname = 'redis'\n", "hop3.toml:1:3 [[provider]] is the older spelling"],
  ])("warns of what has no effect yet: %j", (toml, warning) => {
    const { warnings } = makePlan(request(toml));
    expect(warnings[0]?.slice(0, warning.length)).toBe(warning);
  });

  it("names the template and its tier", () => {
    const tree = makeMemoryTree({ "index.html": "" });
    expect(makePlan({ tree })).toMatchObject({
      reason: "found index.html and no program: static-site",
      tier: "source",
      nix: { template: "static-site" },
    });
    const toml =
      '[nix]\ntemplate = "nixpkgs-wrapper"\nnixpkgs-package = "caddy"\npre-exec = ["true"]\n[run.workers]\ncache = "x"\n';
    const plan = makePlan({ tree: makeMemoryTree({ a: "" }), loaded: loadConfig(toml) });
    expect([plan.tier, plan.nix.template]).toEqual(["nixpkgs", "nixpkgs-wrapper"]);
    expect(plan.warnings).toEqual([]);
  });
});
