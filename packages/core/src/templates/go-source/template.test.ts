import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { evalNix, parseNix } from "../../../test/nix-eval.ts";
import { evaluateWithStandIn } from "../../../test/stand-in.ts";
import { loadConfig } from "../../config/load.ts";
import { Hop3Error } from "../../errors.ts";
import { generatePlanned } from "../../generate/generate.ts";
import { makePlan } from "../../plan/make-plan.ts";
import { parseProcfile } from "../../source/procfile.ts";
import { makeMemoryTree } from "../../source/tree.ts";

const h1 = `h1:${"A".repeat(43)}=`;
const hash = `sha256-${"A".repeat(43)}=`;
const main = "package main\n\nfunc main() {}\n";
const locked = {
  "go.mod": "module example.com/tools/greet/v2\n\nrequire example.com/Big v1.2.3-RC1\n",
  "go.sum": `example.com/Big v1.2.3-RC1 ${h1}\nexample.com/Big v1.2.3-RC1/go.mod ${h1}\n`,
  "hop3.lock": JSON.stringify({
    version: 1,
    packages: {
      "go:example.com/Big@v1.2.3-RC1": [{ file: "v1.2.3-!r!c1.zip", hash }],
      "go:example.com/Big@v1.2.3-RC1/go.mod": [{ file: "v1.2.3-!r!c1.mod", hash }],
    },
  }),
};

async function generate(
  files: Readonly<Record<string, string>>,
  { toml = "", procfile = "" } = {},
): Promise<string> {
  const request = {
    tree: makeMemoryTree(files),
    loaded: loadConfig(toml),
    procfile: parseProcfile(procfile),
    app: "hello",
  };
  const plan = makePlan(request);
  expect(plan.nix.template).toBe("go-source");
  return generatePlanned(plan, request);
}

describe("go-source for a project of its own", () => {
  it("fetches each module of go.sum by the hashes of hop3.lock", async () => {
    const text = await generate({ ...locked, "main.go": main });
    const golden = join(import.meta.dirname, "project.golden");
    if (process.env["UPDATE_GOLDEN"] !== undefined) writeFileSync(golden, text);
    expect(text).toBe(readFileSync(golden, "utf8"));
    parseNix(text);
    expect(evalNix(evaluateWithStandIn(text))).toMatchObject({
      workers: { web: "/stand-in/buildGoModule/bin/greet" },
    });
  });

  it.each([
    ["without modules", { "go.mod": "module example.com/hello\n" }],
    [
      "with modules in its own directories",
      { "go.mod": "module m\nrequire a.example v1.0.0\nreplace a.example => ./a\n" },
    ],
    ["with a vendor directory", { ...locked, "hop3.lock": "", "vendor/modules.txt": "" }],
  ])("downloads nothing %s", async (_what, files) => {
    const text = await generate({ ...files, "main.go": main });
    expect(text).toContain("vendorHash = null;");
    expect(text).not.toMatch(/registries|fetchurl|GOPROXY/);
  });

  const ignored = `//go:build ignore\n\n${main}`;
  const library = "/* package main */\npackage lib\n";
  const programs: readonly (readonly [
    files: Readonly<Record<string, string>>,
    toml: string,
    target: string,
    built: string | undefined,
  ])[] = [
    [{ "main.go": main }, "", "hello", '"."'],
    [{ "lib.go": library, "cmd/web/main.go": main }, "", "web", '"cmd/web"'],
    [{ "gen.go": ignored, "lib.go": library, "cmd/web/x.go": main }, "", "web", '"cmd/web"'],
    [{ "main.go": main, "cmd/web/x.go": main }, "", "hello", '"."'],
    [{ "cmd/hello/x.go": main, "cmd/web/x.go": main }, "", "hello", '"cmd/hello"'],
    [
      { "cmd/a/x.go": main, "cmd/b/x.go": main },
      '[nix]\ntemplate = "go-source"\nexec-target = "b"\n',
      "b",
      '"cmd/b"',
    ],
    [
      { "main.go": main },
      '[nix]\ntemplate = "go-source"\nexec-target = "x"\ngo-sub-packages = ["tools/x"]\n',
      "x",
      '"tools/x"',
    ],
    [{ "main.go": library }, '[nix]\ntemplate = "go-source"\nexec-target = "x"\n', "x", undefined],
  ];

  it.each(programs)("of %j with %j starts %s", async (files, toml, ...[target, built]) => {
    const text = await generate({ "go.mod": "module example.com/hello\n", ...files }, { toml });
    expect(text).toContain(`/bin/${target}"`);
    if (built === undefined) expect(text).not.toContain("subPackages");
    else expect(text).toContain(`subPackages = [\n      ${built}\n    ];`);
  });

  it("builds every program where workers may start any", async () => {
    const files = { "go.mod": "module m\n", "cmd/a/x.go": main, "cmd/b/x.go": main };
    const text = await generate(files, { procfile: "web: a\njobs: b\n" });
    expect(text).not.toContain("subPackages");
    expect(text).not.toContain("workers.web");
  });

  it("is started beside its static directories", async () => {
    const files = { "go.mod": "module m\n", "main.go": main, "pages/a.html": "" };
    const toml = '[nix]\ntemplate = "go-source"\ngo-static-dirs = ["pages"]\n';
    expect(await generate(files, { toml })).toContain('working_dir = "share/hello";');
  });

  const { "hop3.lock": _lock, ...unlocked } = locked;
  const wrong: readonly (readonly [
    files: Readonly<Record<string, string>>,
    code: string,
    part: string,
  ])[] = [
    [{ ...unlocked, "main.go": main }, "LOCKFILE_NO_HASH", "example.com/Big@v1.2.3-RC1"],
    [{ "go.mod": locked["go.mod"], "main.go": main }, "LOCKFILE_MISSING", "go.sum"],
    [{ ...locked, "go.sum": "", "main.go": main }, "LOCKFILE_OUT_OF_STEP", "example.com/Big"],
    [{ "go.mod": "", "lib.go": library }, "TEMPLATE_INPUT", "no file says which program"],
    [
      { "go.mod": "", "cmd/a/x.go": main, "cmd/b/x.go": main },
      "TEMPLATE_INPUT",
      "several programs: a, b",
    ],
  ];

  it.each(wrong)("of %j fails with %s", async (files, code, part) => {
    const failure = await generate(files).catch((error: unknown) =>
      error instanceof Hop3Error ? error.failure : error,
    );
    expect(failure).toMatchObject({ code, message: expect.stringContaining(part) });
    expect(failure).toHaveProperty("hint", expect.stringMatching(/\w/));
  });
});
