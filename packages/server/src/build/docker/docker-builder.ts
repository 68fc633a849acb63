import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { artifactSchema, BuildArtifact, imageFiles, type Plan } from "@hop3/core";
import { appDirOf, type Builder, type BuildIo, type BuildResult } from "@hop3/core/plugin";
import { reuseResult } from "../reuse-result.ts";
import { buildImage } from "./build-image.ts";
import { type BuildTrace, cleanUp, removeContainers, removeUnfinished } from "./clean-up.ts";
import { makeContainer } from "./container-runtime.ts";
import { dockerNoEngine } from "./docker-errors.ts";
import { type Engine, findEngine, runEngine } from "./engine.ts";
import { type Image, inspectImage, shortId } from "./image.ts";
import { launcherIn, readLaunchers, removeLauncher, writeLauncher } from "./launcher.ts";
import { forgetBuild, readLeftBuild, rememberBuild } from "./left-build.ts";
import { ownerOf } from "./owner.ts";

export interface DockerBuilderParts {
  /** Tells the images of this home from those of another one on the same machine. */
  readonly homeId: string;
  /** Where launchers of an App's images are. */
  readonly launchersDir: (app: string) => string;
  now(): Date;
}

interface DockerBuild {
  readonly parts: DockerBuilderParts;
  readonly plan: Plan;
  readonly io: BuildIo;
  readonly engine: Engine;
  readonly file: string;
  readonly label: string;
  readonly inputHash: string;
}

/** Lets the engine of the host build the Dockerfile; what runs afterwards is a launcher that starts containers of it. */
export function makeDockerBuilder(parts: DockerBuilderParts): Builder {
  const running = new Set<BuildTrace>();
  const left: BuildTrace[] = [];
  return {
    name: "docker",
    async build(plan, io) {
      const build = await prepare(parts, plan, io);
      const known = io.findResult(build.inputHash);
      if (known !== undefined && (await isKept(build.engine, known.artifact))) {
        return reuseResult(io, build.inputHash, known);
      }
      const image = await io.phase("build", () => buildApart(build, { running, left }));
      return io.phase("check", () => check(build, image));
    },
    sweep: (app, kept) => sweep(parts, app, kept),
  };
}

async function prepare(parts: DockerBuilderParts, plan: Plan, io: BuildIo): Promise<DockerBuild> {
  const context = appDirOf(io.source);
  const file = imageFiles.find((name) => existsSync(join(context, name)));
  if (file === undefined) throw new Error("a plan for the docker builder has no Dockerfile");
  const { engine, problems } = await io.phase("evaluate", () => findEngine());
  if (engine === undefined) throw dockerNoEngine({ file, problems });
  io.note("info", `${engine.kind} ${engine.version} builds ${file}`);
  const identity = [
    "docker 1",
    io.source.hash,
    io.source.below,
    io.app,
    engine.program,
    io.overrides,
  ];
  const inputHash = createHash("sha256").update(JSON.stringify(identity)).digest("hex");
  return { parts, plan, io, engine, file, label: labelOf(parts, io.app), inputHash };
}

function labelOf({ homeId }: DockerBuilderParts, app: string): string {
  return `hop3.app=${homeId}/${app}`;
}

async function isKept(engine: Engine, { location, runtime }: BuildArtifact): Promise<boolean> {
  if (runtime.launcher === undefined || !existsSync(runtime.launcher)) return false;
  return (await inspectImage(engine, location)) !== undefined;
}

interface Builds {
  readonly running: Set<BuildTrace>;
  readonly left: BuildTrace[];
}

/** What a failed build leaves is removed when no other one is under way: podman's own containers look all the same. */
async function buildApart(build: DockerBuild, { running, left }: Builds): Promise<Image> {
  const { parts, io, engine, label } = build;
  const lines: string[] = [];
  const trace: BuildTrace = { engine, label, startedAt: parts.now().getTime(), lines };
  const context = appDirOf(io.source);
  const dir = parts.launchersDir(io.app);
  running.add(trace);
  await rememberBuild(dir, { ...trace, releaseDir: io.releaseDir });
  try {
    const id = await buildImage({ ...build, context, onLine: (line) => lines.push(line) });
    const image = await inspectImage(engine, id);
    if (image === undefined)
      throw new Error(`${engine.program} has built ${id} and does not know it`);
    await runEngine(engine, ["tag", id, `hop3/${io.app}:${shortId(image.id)}`]);
    return image;
  } catch (error) {
    left.push(trace);
    throw error;
  } finally {
    running.delete(trace);
    if (running.size === 0) for (const old of left.splice(0)) await cleanUp(old);
    await forgetBuild(dir);
  }
}

async function check(build: DockerBuild, image: Image): Promise<BuildResult> {
  const { parts, io, engine, file, label, inputHash } = build;
  const dir = join(parts.launchersDir(io.app), shortId(image.id));
  const launcher = launcherIn(dir);
  const { config } = image;
  const made = makeContainer({ file, config, overrides: io.overrides, launcher });
  for (const text of made.warnings) io.note("warning", text);
  const owner = await ownerOf(engine, image, label);
  const { port, volumes } = made;
  await writeLauncher(dir, { engine, image: image.id, port, owner, label, volumes });
  const artifact = makeArtifact(build, image, made.runtime);
  return { artifact, inputHash, closure: { paths: image.layers, bytes: image.bytes } };
}

function makeArtifact(
  { parts, plan, io, engine, file }: DockerBuild,
  image: Image,
  runtime: BuildArtifact["runtime"],
): BuildArtifact {
  return BuildArtifact.parse({
    schema: artifactSchema,
    kind: "docker",
    builder: "docker",
    app_name: io.app,
    build_id: image.id,
    built_at: parts.now().toISOString(),
    location: image.id,
    runtime,
    provenance: {
      source_hash: io.source.hash,
      source_revision: io.source.revision,
      package_set: "none",
      package_set_pin: "none",
      tier: plan.tier,
      sandboxed: false,
      pure: false,
      nix_version: "none",
      system: image.system,
    },
    metadata: {
      engine: `${engine.kind} ${engine.version}`,
      file,
      user: image.config.User || "root",
    },
  });
}

/** Keeps the images of restorable Releases; without any of its own, an App costs no question to an engine. */
async function sweep(
  parts: DockerBuilderParts,
  app: string,
  kept: readonly string[],
): Promise<void> {
  const root = parts.launchersDir(app);
  const label = labelOf(parts, app);
  const unfinished = await readLeftBuild(root);
  if (unfinished !== undefined) {
    await cleanUp({ ...unfinished, label });
    await forgetBuild(root);
  }
  const known = await readLaunchers(root);
  const dropped = known.filter(({ image }) => !kept.includes(image));
  const engines = new Map(dropped.map(({ engine }) => [engine.program, engine]));
  for (const { dir, engine, image } of dropped) {
    // No Process of a dropped Release is left, but its container may take a moment longer.
    await removeContainers(engine, [`label=${label}`, `ancestor=${image}`]);
    const removed = await runEngine(engine, ["rmi", `hop3/${app}:${basename(dir)}`]);
    const isGone = removed.exitCode === 0 || /no such image|not known/i.test(removed.stderr);
    if (isGone) await removeLauncher(launcherIn(dir));
  }
  for (const engine of engines.values()) await removeUnfinished(engine, label);
}
