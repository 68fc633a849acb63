import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { evalNix, parseNix } from "../../../test/nix-eval.ts";
import { evaluateWithStandIn } from "../../../test/stand-in.ts";
import { loadConfig } from "../../config/load.ts";
import { Hop3Error } from "../../errors.ts";
import { generatePlanned } from "../../generate/generate.ts";
import { makePlan } from "../../plan/make-plan.ts";
import { makeMemoryTree } from "../../source/tree.ts";
import { wrapperFile } from "./detect.ts";

const hex = "0".repeat(64);
const hash = `sha256-${"A".repeat(43)}=`;
const metadata = `<?xml version="1.0"?>
<verification-metadata><components>
<component group="org.example" name="greet" version="1.0">
  <artifact name="greet-1.0.jar"><sha256 value="${hex}"/></artifact>
  <artifact name="greet-1.0.pom"><sha256 value="${hex}"/></artifact>
</component>
</components></verification-metadata>
`;
const wrapper = (lines: string) => `distributionBase=GRADLE_USER_HOME\n${lines}\n`;
const address = "distributionUrl=https\\://example.org/gradle-8.5-bin.zip";

async function generate(files: Readonly<Record<string, string>>, toml = ""): Promise<string> {
  const request = { tree: makeMemoryTree(files), loaded: loadConfig(toml), app: "words" };
  const plan = makePlan(request);
  expect(plan.nix.template).toBe("java-gradle");
  return generatePlanned(plan, request);
}

describe("java-gradle for a project of its own", () => {
  it("fetches each file by its hash, and the Gradle of the wrapper", async () => {
    const text = await generate({
      "build.gradle": "dependencies { implementation 'org.example:greet:1.0' }",
      "gradle/verification-metadata.xml": metadata,
      [wrapperFile]: wrapper(`${address}\ndistributionSha256Sum=${hex}`),
    });
    const golden = join(import.meta.dirname, "project.golden");
    if (process.env["UPDATE_GOLDEN"] !== undefined) writeFileSync(golden, text);
    expect(text).toBe(readFileSync(golden, "utf8"));
    parseNix(text);
    expect(evalNix(evaluateWithStandIn(text))).toMatchObject({
      workers: { web: expect.stringContaining("/stand-in/") },
    });
  });

  it("needs no file besides where nothing is downloaded", async () => {
    const text = await generate({ "build.gradle.kts": "plugins { application }\n" });
    expect(text).not.toContain("registries");
    expect(text).toContain("gradle = pkgs.gradle;");
  });

  it("takes a wrapper without checksum for what it is", async () => {
    const text = await generate({ "build.gradle": "", [wrapperFile]: wrapper(address) });
    expect(text).toContain("has no distributionSha256Sum");
    expect(text).not.toContain("example.org");
  });

  it("reads deps.json beside a recipe", async () => {
    const deps = { "!version": 1, "https://example.org/m2": { "a#b/1": { pom: hash } } };
    const toml = `[nix]\ntemplate = "java-gradle"\nurl = "https://example.org/a.tar.gz"\nsha256 = "${hex}"\n`;
    const text = await generate({ "deps.json": JSON.stringify(deps) }, toml);
    expect(text).toContain('path = maven "a/b/1/b-1.pom"');
    expect(text).not.toContain("fetchDeps");
  });

  const wrong: readonly (readonly [
    files: Readonly<Record<string, string>>,
    code: string,
    part: string,
  ])[] = [
    [{ "build.gradle": "x 'a:b:1'" }, "LOCKFILE_MISSING", "build.gradle needs gradle/verification"],
    [{ "build.gradle.kts": 'implementation("a:b:$v")' }, "LOCKFILE_MISSING", "build.gradle.kts"],
    [{ "build.gradle": "id 'a.b' version '1'" }, "LOCKFILE_MISSING", "build.gradle"],
    [{ "settings.gradle": "", "a/build.gradle": "api libs.guava" }, "LOCKFILE_MISSING", "a/build"],
    [{ "build.gradle": "", "gradle.lockfile": "a:b:1=c\n" }, "LOCKFILE_NO_HASH", "maven:a:b@1"],
    [{ "build.gradle": "", "deps.json": "{" }, "LOCKFILE_SYNTAX", "deps.json"],
    [
      { "build.gradle": "", [wrapperFile]: wrapper(`${address}\ndistributionSha256Sum=12`) },
      "TEMPLATE_INPUT",
      "'12' is not a hash",
    ],
    [
      { "build.gradle": "", [wrapperFile]: wrapper("distributionUrl=file:///a.zip") },
      "TEMPLATE_INPUT",
      "is not the address",
    ],
  ];
  it.each(wrong)("%j: %s", async (files, code, part) => {
    const failure = await generate(files).then(
      () => undefined,
      (error: unknown) => (error instanceof Hop3Error ? error.failure : Promise.reject(error)),
    );
    expect(failure?.code).toBe(code);
    expect(failure?.message).toContain(part);
    expect(failure?.hint).toBeTruthy();
  });
});
