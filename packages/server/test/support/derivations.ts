import type { ReleaseDetail } from "@hop3/core";
import { expect } from "vitest";
import { run } from "../../src/proc/run.ts";
import type { TestServer } from "./test-server.ts";

/** Names of the derivations that a Release is made of and the one before it is not. */
export async function newDerivations(
  server: TestServer,
  app: string,
  release = 0,
): Promise<readonly string[]> {
  const old = new Set(await derivationsOf(server, app, release - 1));
  const all = await derivationsOf(server, app, release);
  return all.filter((path) => !old.has(path)).map((path) => path.replace(/^.*\/\w{32}-/, ""));
}

async function derivationsOf(
  server: TestServer,
  app: string,
  release: number,
): Promise<readonly string[]> {
  const { artifact } = await server.json<ReleaseDetail>("GET", `/apps/${app}/releases/${release}`);
  const drv = artifact?.provenance.drv_path ?? "";
  const { exitCode, stdout, stderr } = await run({ argv: ["nix-store", "-q", "-R", drv] });
  expect(exitCode, stderr).toBe(0);
  return stdout.split("\n").filter((path) => path.endsWith(".drv"));
}
