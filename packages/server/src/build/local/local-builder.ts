import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  artifactSchema,
  BuildArtifact,
  makeSourceFilter,
  type Plan,
  type RuntimeConfig,
  type SourceTree,
} from "@hop3/core";
import { makeDirectoryTree, type SourceEntry, walkSource } from "@hop3/core/node";
import {
  appDirOf,
  type Builder,
  type BuildIo,
  type BuildResult,
  type LanguageToolchain,
  type ToolchainPlan,
  type ToolchainResult,
  type ToolSet,
} from "@hop3/core/plugin";
import { buildLogFile } from "../../nix/client.ts";
import { buildUid } from "../../proc/users.ts";
import { reuseResult } from "../reuse-result.ts";
import { makeWeigh } from "./closure.ts";
import type { LocalBuild, LocalBuilderParts } from "./local-build.ts";
import { toolchainUnknown } from "./local-errors.ts";
import { makeRuntime, mergeResults, requirePrograms } from "./runtime.ts";
import { makeContext, runCommands } from "./steps.ts";
import { provideTools } from "./tool-set.ts";
import { isWhole, openWorkspace, sweepWorkspace } from "./workspace.ts";

/** A build whose Source is in place and whose tools are there. */
interface Prepared {
  readonly build: LocalBuild;
  readonly tools: ToolSet;
  readonly tree: SourceTree;
  readonly appDir: string;
}

/** Builds with the languages' own tools, out of the package set, in a directory of the App that nobody changes afterwards. */
export function makeLocalBuilder(parts: LocalBuilderParts): Builder {
  const weigh = makeWeigh(parts.nix);
  return {
    name: "local",
    async build(plan, io) {
      const build = { ...(await prepare(parts, plan, io)), weigh };
      const known = io.findResult(build.inputHash);
      if (known !== undefined && isWhole(known.artifact.location)) {
        return reuseResult(io, build.inputHash, known);
      }
      try {
        const prepared = await io.phase("evaluate", () => layOut(build));
        const made = await io.phase("build", () => runToolchains(prepared));
        return await io.phase("check", () => check(prepared, made));
      } catch (error) {
        await build.workspace.discard();
        throw error;
      }
    },
    sweep: (app, kept) => sweepWorkspace(parts.workspaceDir(app), kept),
  };
}

async function prepare(
  parts: LocalBuilderParts,
  plan: Plan,
  io: BuildIo,
): Promise<Omit<LocalBuild, "weigh">> {
  const { local } = plan;
  if (local === undefined) throw new Error("a plan for the local builder has no toolchains");
  const [packages, nixVersion] = await Promise.all([parts.packages(), parts.nix.version()]);
  const identity = [
    packages.pin,
    parts.tree.narHash,
    [io.source.hash, io.source.below],
    io.app,
    local,
    io.overrides,
  ];
  const inputHash = createHash("sha256").update(JSON.stringify(identity)).digest("hex");
  const owner = parts.isRoot ? { uid: buildUid, gid: buildUid } : undefined;
  const workspace = openWorkspace(parts.workspaceDir(io.app), inputHash.slice(0, 32), owner);
  return { parts, plan, local, io, packages, nixVersion, inputHash, workspace };
}

async function readTree(dir: string): Promise<SourceTree> {
  const entries: SourceEntry[] = [];
  const walk = walkSource(dir, makeSourceFilter(), { onDropped: () => {} });
  for await (const entry of walk) entries.push(entry);
  return makeDirectoryTree(entries);
}

function toolchainOf({ parts }: LocalBuild, { name }: ToolchainPlan): LanguageToolchain {
  const toolchains = parts.toolchains();
  const found = toolchains.get(name);
  if (found !== undefined) return found;
  throw toolchainUnknown({ toolchain: name, known: [...toolchains.keys()] });
}

async function toolsFor(build: LocalBuild, tree: SourceTree): Promise<ToolSet> {
  const { parts, plan, local, io, packages, workspace } = build;
  const wanted = await Promise.all(
    local.toolchains.map((item) => toolchainOf(build, item).tools(tree)),
  );
  const isHost = local.source === "host";
  const tools = await provideTools({
    ...parts,
    packages,
    workspace,
    logFile: buildLogFile(io.releaseDir),
    signal: io.signal,
    onLine: (line) => io.log(line),
    attributes: [...(isHost ? [] : wanted.flat()), ...local.packages],
    timeoutSeconds: plan.nix.timeoutSeconds,
    maxSilentSeconds: plan.nix.maxSilentSeconds,
  });
  if (!isHost) return tools;
  const host = ["/usr/local/bin", "/usr/bin", "/bin"].filter((dir) => existsSync(dir));
  return { dir: tools.dir, path: [...host, ...tools.path] };
}

/** The Source at the place where it stays, and the tools for it. */
async function layOut(build: LocalBuild): Promise<Prepared> {
  const appDir = await build.workspace.open(appDirOf(build.io.source));
  const tree = await readTree(appDir);
  return { build, tree, appDir, tools: await toolsFor(build, tree) };
}

async function runToolchains(prepared: Prepared): Promise<ToolchainResult> {
  const { build } = prepared;
  const { local } = build;
  const results: ToolchainResult[] = [];
  const contexts = await Promise.all(
    local.toolchains.map((plan) => makeContext(build, { ...prepared, plan })),
  );
  const own = contexts.at(-1);
  if (own === undefined) throw new Error("a plan for the local builder has no toolchain");
  await runCommands(own, local.beforeBuild);
  for (const context of contexts) {
    results.push(await toolchainOf(build, context.plan).build(context));
  }
  const made = mergeResults(results);
  for (const commands of [local.build, local.afterBuild, local.test]) {
    await runCommands(own, commands, made);
  }
  return made;
}

async function check(
  { build, tools, appDir }: Prepared,
  made: ToolchainResult,
): Promise<BuildResult> {
  const { workspace, inputHash } = build;
  const runtime = makeRuntime(build, { made, tools, appDir });
  await requirePrograms(runtime);
  await writeFile(join(workspace.build, "runtime.json"), `${JSON.stringify(runtime, null, 2)}\n`);
  await workspace.close();
  const closure = await build.weigh({ build: workspace.build, tools: tools.dir });
  return { artifact: makeArtifact(build, tools, runtime), inputHash, closure };
}

function makeArtifact(
  { parts, plan, local, io, packages, nixVersion, workspace, inputHash }: LocalBuild,
  tools: ToolSet,
  runtime: RuntimeConfig,
): BuildArtifact {
  return BuildArtifact.parse({
    schema: artifactSchema,
    kind: "local",
    builder: "local",
    app_name: io.app,
    build_id: inputHash.slice(0, 32),
    built_at: parts.now().toISOString(),
    location: workspace.build,
    runtime,
    provenance: {
      source_hash: io.source.hash,
      source_revision: io.source.revision,
      package_set: packages.name,
      package_set_pin: packages.pin,
      tier: plan.tier,
      sandboxed: parts.sandbox,
      pure: false,
      nix_version: nixVersion,
      system: packages.arguments.system,
      toolchains: local.toolchains.map(({ name }) => name),
      toolchain_source: local.source,
    },
    metadata: { tools: tools.dir },
  });
}
