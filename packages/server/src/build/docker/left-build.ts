import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { buildLogFile } from "../../nix/client.ts";
import { writeAtomically } from "../../write-atomically.ts";
import type { BuildTrace } from "./clean-up.ts";

/** Written before a build and removed after it: what is there at a start was killed with the server. */
const LeftBuild = z.object({
  engine: z.object({ kind: z.enum(["podman", "docker"]), program: z.string() }),
  startedAt: z.number(),
  releaseDir: z.string(),
});
type LeftBuild = z.infer<typeof LeftBuild>;

const fileIn = (dir: string): string => join(dir, "building.json");

export async function rememberBuild(
  dir: string,
  { engine, startedAt, releaseDir }: LeftBuild,
): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const { kind, program } = engine;
  const build: LeftBuild = { engine: { kind, program }, startedAt, releaseDir };
  await writeAtomically(fileIn(dir), JSON.stringify(build));
}

export async function forgetBuild(dir: string): Promise<void> {
  await rm(fileIn(dir), { force: true });
}

export async function readLeftBuild(dir: string): Promise<Omit<BuildTrace, "label"> | undefined> {
  const text = await readFile(fileIn(dir), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const { engine, startedAt, releaseDir } = LeftBuild.parse(JSON.parse(text));
  const log = await readFile(buildLogFile(releaseDir), "utf8").catch(() => "");
  return { engine, startedAt, lines: log.split("\n") };
}
