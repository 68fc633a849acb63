import { describe, expect, it } from "vitest";
import { loadConfig } from "../../config/load.ts";
import { Hop3Error } from "../../errors.ts";
import { generatePlanned } from "../../generate/generate.ts";
import { makePlan } from "../../plan/make-plan.ts";
import { parseProcfile } from "../../source/procfile.ts";
import { makeMemoryTree } from "../../source/tree.ts";

async function generate(
  files: Readonly<Record<string, string>>,
  { toml = "", procfile = "" } = {},
): Promise<string> {
  const request = {
    tree: makeMemoryTree({ "Cargo.lock": "version = 3\n", ...files }),
    loaded: loadConfig(toml),
    procfile: parseProcfile(procfile),
    app: "hello",
  };
  const plan = makePlan(request);
  expect(plan.nix.template).toBe("rust-source");
  return generatePlanned(plan, request);
}

const own = '[package]\nname = "greeter"\nversion = "0.1.0"\n';

describe("rust-source for a project of its own", () => {
  const programs: readonly (readonly [
    manifest: string,
    sources: readonly string[],
    target: string,
  ])[] = [
    [own, ["src/main.rs"], "greeter"],
    [own, ["src/lib.rs", "src/bin/web.rs"], "web"],
    [own, ["src/bin/web/main.rs"], "web"],
    [`${own}default-run = "web"\n`, ["src/main.rs", "src/bin/web.rs"], "web"],
    [`${own}[[bin]]\nname = "shown"\npath = "src/main.rs"\n`, ["src/main.rs"], "shown"],
  ];

  it.each(programs)("%j with %j starts %s", async (manifest, sources, target) => {
    const files = Object.fromEntries(sources.map((path) => [path, ""]));
    const text = await generate({ "Cargo.toml": manifest, ...files });
    expect(text).toContain(`/bin/${target}"`);
    expect(text).not.toContain("registries");
  });

  it("leaves the commands to a Procfile", async () => {
    const files = { "Cargo.toml": own, "src/bin/a.rs": "", "src/bin/b.rs": "" };
    const text = await generate(files, { procfile: "web: a\njobs: b\n" });
    expect(text).not.toContain("workers.web");
  });

  const git = `[[package]]\nname = "x"\nversion = "1.0.0"\nsource = "git+https://git.example/x#1"\n`;
  const wrong: readonly (readonly [
    files: Readonly<Record<string, string>>,
    code: string,
    part: string,
  ])[] = [
    [{ "Cargo.toml": own, "src/bin/a.rs": "", "src/bin/b.rs": "" }, "TEMPLATE_INPUT", "a, b"],
    [{ "Cargo.toml": "[workspace]\n", "a/src/main.rs": "" }, "TEMPLATE_INPUT", "no file says"],
    [{ "Cargo.toml": "[", "src/main.rs": "" }, "LOCKFILE_SYNTAX", "Cargo.toml"],
    [
      { "Cargo.toml": `${own}[dependencies]\nitoa = "1"\n`, "src/main.rs": "" },
      "LOCKFILE_OUT_OF_STEP",
      "itoa is missing",
    ],
    [{ "Cargo.toml": own, "Cargo.lock": git, "src/main.rs": "" }, "LOCKFILE_UNSUPPORTED", "git"],
  ];

  it.each(wrong)("of %j fails with %s", async (files, code, part) => {
    const failure = await generate(files).catch((error: unknown) =>
      error instanceof Hop3Error ? error.failure : error,
    );
    expect(failure).toMatchObject({
      code: expect.stringContaining(code),
      message: expect.stringContaining(part),
      hint: expect.stringMatching(/\w/),
    });
  });
});
