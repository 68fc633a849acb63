import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type AppDetail, type ReleaseDetail, templates } from "@hop3/core";
import { expect } from "vitest";
import type { TestServer } from "./test-server.ts";

/** expect.json of a template's example. */
export interface Expectation {
  /** The test that makes what the example needs first: a registry, an archive. */
  readonly preparedBy?: string;
  /** Where it is not the example's name. */
  readonly template?: string;
  readonly requests: readonly {
    readonly path: string;
    readonly status: number;
    readonly contains?: string;
    readonly headerContains?: Readonly<Record<string, string>>;
  }[];
  readonly tier: string;
  readonly workers: readonly string[];
}

export const examplesDir = join(import.meta.dirname, "../../../../examples/templates");

export function readExpectation(name: string): Expectation {
  return JSON.parse(readFileSync(join(examplesDir, name, "expect.json"), "utf8")) as Expectation;
}

/** Examples that are deployed as they stand. */
export function plainExamples(): readonly string[] {
  return readdirSync(examplesDir)
    .filter((name) => readExpectation(name).preparedBy === undefined)
    .sort();
}

/** Deploys an example, from `dir` where it had to be prepared, and asks it for all that its expect.json promises. */
export async function checkExample(
  server: TestServer,
  name: string,
  dir = join(examplesDir, name),
): Promise<void> {
  const wanted = readExpectation(name);
  const template = templates.find(({ id }) => id === (wanted.template ?? name));
  expect(template, `examples/templates/${name} is of no template`).toBeDefined();
  const deployment = await server.deployed(name, dir);
  expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
  expect(deployment.state).toBe("succeeded");
  for (const { path, status, contains, headerContains } of wanted.requests) {
    const answer = await server.get(name, path);
    expect(answer.status, `${path}: ${answer.text}`).toBe(status);
    expect(answer.text).toContain(contains ?? "");
    for (const [header, part] of Object.entries(headerContains ?? {})) {
      expect(answer.headers[header]).toContain(part);
    }
  }
  const detail = await server.json<AppDetail>("GET", `/apps/${name}`);
  const workers = new Set(detail.processes.map(({ worker }) => worker));
  expect([...workers].sort()).toEqual([...wanted.workers].sort());
  expect(wanted.tier).toBe(template?.tier);
  const release = await server.json<ReleaseDetail>(
    "GET",
    `/apps/${name}/releases/${deployment.release}`,
  );
  expect(release.artifact?.provenance).toMatchObject({ template: template?.id, tier: wanted.tier });
}
