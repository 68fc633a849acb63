import { describe, expect, it } from "vitest";
import { loadConfig } from "../../config/load.ts";
import { Hop3Error } from "../../errors.ts";
import { generatePlanned } from "../../generate/generate.ts";
import { makePlan } from "../../plan/make-plan.ts";
import { makeMemoryTree } from "../../source/tree.ts";
import { detectJavaWar } from "./detect.ts";

function question(files: string, toml = "") {
  const tree = makeMemoryTree(Object.fromEntries(files.split(" + ").map((file) => [file, ""])));
  return { tree, loaded: loadConfig(toml), app: "shop" };
}

describe("a web archive of the project", () => {
  it.each([
    ["a.war", "", true, "found a.war"],
    ["pom.xml + target/a.WAR", "", true, "found target/a.WAR"],
    ["docs/a.war", "", false, "no .war"],
    ["a.war + b.war", "", false, "found a.war, b.war: [nix] war-file says which"],
    ["a.war + b.war", '[nix]\nwar-file = "b.war"', true, "found b.war"],
  ] as const)("%s with %j: %s", (...[files, toml, fits, reason]) => {
    expect(detectJavaWar(question(files, toml))).toEqual({ fits, reason });
  });

  it.each([
    ["a.war", "", "src}/a.war", "share/shop/a.war"],
    ["build/libs/my shop.war", "", "build/libs/my shop.war'", "share/shop/shop.war"],
    ["x.jar", '[nix]\ntemplate = "java-war"\nwar-file = "x.jar"', "src}/x.jar", "share/shop/x.jar"],
  ] as const)("%s is installed", async (...[files, toml, from, to]) => {
    const request = question(files, toml);
    const text = await generatePlanned(makePlan(request), request);
    expect(text).toContain(`${from} $out/${to}\n`);
  });

  it.each([
    ["README.md", "", "holds no .war"],
    ["a.war + b.war", "", "any of a.war, b.war"],
    ["a.war", 'war-file = "c.war"', "'c.war' is not in the app"],
    ["a.war", 'war-file = "../c.war"', "leads out"],
  ])("%s with %j is refused", async (files, key, message) => {
    const request = question(files, `[nix]\ntemplate = "java-war"\n${key}`);
    const failure = await generatePlanned(makePlan(request), request).then(
      () => undefined,
      (error: unknown) => (error instanceof Hop3Error ? error.failure : Promise.reject(error)),
    );
    expect(failure).toMatchObject({ code: "TEMPLATE_INPUT", place: { file: "hop3.toml" } });
    expect(failure?.message).toContain(message);
  });
});
