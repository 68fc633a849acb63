import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { artifactSchema, BuildArtifact } from "./build-artifact.ts";
import { newerSchema, StoredArtifact } from "./stored-artifact.ts";

/** Files as servers of earlier versions have written them, and one of today's. */
const dir = join(import.meta.dirname, "../../test/artifacts");
const files = readdirSync(dir);

function read(file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(dir, file), "utf8")) as Record<string, unknown>;
}

describe("release.json of earlier versions", () => {
  it("has an example of each schema", () => {
    const found = new Set(files.map((file) => read(file)["schema"]));
    const all = Array.from({ length: artifactSchema }, (_, index) => index + 1);
    expect([...found].sort()).toEqual(all);
  });

  it.each(files)("is read as today's: %s", (file) => {
    const stored = read(file);
    expect(newerSchema(stored)).toBeUndefined();
    const artifact = StoredArtifact.parse(stored);
    expect(artifact).toEqual({ ...stored, schema: artifactSchema });
    expect(BuildArtifact.parse(artifact)).toEqual(artifact);
    expect(StoredArtifact.parse(artifact)).toEqual(artifact);
  });

  it.each([
    ["the next schema", { schema: artifactSchema + 1, anything: "else" }, artifactSchema + 1],
    ["one far ahead", { schema: 99 }, 99],
    ["today's", { schema: artifactSchema }, undefined],
    ["no schema", { kind: "nix" }, undefined],
    ["a schema that is no number", { schema: "3" }, undefined],
    ["no object", null, undefined],
  ])("is known as newer or not: %s", (_, stored, newer) => {
    expect(newerSchema(stored)).toBe(newer);
    expect(StoredArtifact.safeParse(stored).success).toBe(false);
  });

  it("is not believed what no version has written", () => {
    const [file = ""] = files;
    expect(StoredArtifact.safeParse({ ...read(file), schema: 0 }).success).toBe(false);
    expect(StoredArtifact.safeParse({ ...read(file), surprise: true }).success).toBe(false);
  });
});
