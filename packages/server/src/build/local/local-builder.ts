import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { appendFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  BuildArtifact,
  type Command,
  type LocalPlan,
  makeSourceFilter,
  mergeWorkers,
  type Plan,
  RuntimeConfig,
  type SourceTree,
  withoutGaps,
} from "@hop3/core";
import { makeDirectoryTree, type SourceEntry, walkSource } from "@hop3/core/node";
import { buildLogFile, type NixClient } from "../../nix/client.ts";
import type { LockedTree } from "../../nix/locked-tree.ts";
import type { PackageSet } from "../../packages/package-set.ts";
import { type Argv, run } from "../../proc/run.ts";
import type { Builder, BuildIo, BuildResult } from "../builder.ts";
import { closureOf } from "./closure.ts";
import {
  localCommandNotFound,
  localNoWorkers,
  toolchainStepFailed,
  toolchainUnknown,
} from "./local-errors.ts";
import { buildUid, dropTo, sandboxed } from "./sandbox.ts";
import { provideTools } from "./tool-set.ts";
import type {
  LanguageToolchain,
  StepOptions,
  ToolchainContext,
  ToolchainPlan,
  ToolchainResult,
  ToolSet,
} from "./toolchain.ts";
import { isWhole, openWorkspace, sweepWorkspace, type Workspace } from "./workspace.ts";

export interface LocalBuilderParts {
  readonly nix: NixClient;
  readonly tree: LockedTree;
  packages(): Promise<PackageSet>;
  nearestAttributes(missing: string): Promise<readonly string[]>;
  toolchains(): ReadonlyMap<string, LanguageToolchain>;
  registries(): Promise<Readonly<Record<string, string>>>;
  readonly sandbox: boolean;
  /** Directory of an App's local builds. */
  workspaceDir(app: string): string;
  readonly isRoot: boolean;
  now(): Date;
}

/** One build, with everything it needs to know. */
interface LocalBuild {
  readonly parts: LocalBuilderParts;
  readonly plan: Plan;
  readonly local: LocalPlan;
  readonly io: BuildIo;
  readonly packages: PackageSet;
  readonly nixVersion: string;
  readonly inputHash: string;
  readonly workspace: Workspace;
}

interface Built {
  readonly build: LocalBuild;
  readonly tools: ToolSet;
  readonly appDir: string;
  readonly results: readonly ToolchainResult[];
}

/** Builds with the languages' own tools, out of the package set, in a directory of the App that nobody changes afterwards. */
export function makeLocalBuilder(parts: LocalBuilderParts): Builder {
  return {
    name: "local",
    async build(plan, io) {
      const build = await prepare(parts, plan, io);
      const known = io.findResult(build.inputHash);
      if (known !== undefined && isWhole(known.artifact.location)) return reuse(build, known);
      const tree = await readTree(io.source.dir);
      const tools = await io.phase("evaluate", () => toolsFor(build, tree));
      const built = await io.phase("build", () => runToolchains(build, { tools, tree }));
      return io.phase("check", () => check(built));
    },
    sweep: (app, kept) => sweepWorkspace(parts.workspaceDir(app), kept),
  };
}

async function prepare(parts: LocalBuilderParts, plan: Plan, io: BuildIo): Promise<LocalBuild> {
  const { local } = plan;
  if (local === undefined) throw new Error("a plan for the local builder has no toolchains");
  const [packages, nixVersion] = await Promise.all([parts.packages(), parts.nix.version()]);
  const identity = [packages.pin, parts.tree.narHash, io.source.hash, io.app, local, io.overrides];
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
  if (found === undefined)
    throw toolchainUnknown({ toolchain: name, known: [...toolchains.keys()] });
  return found;
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
    io,
    attributes: [...(isHost ? [] : wanted.flat()), ...local.packages],
    timeoutSeconds: plan.nix.timeoutSeconds,
    maxSilentSeconds: plan.nix.maxSilentSeconds,
  });
  if (!isHost) return tools;
  const host = ["/usr/local/bin", "/usr/bin", "/bin"].filter((dir) => existsSync(dir));
  return { dir: tools.dir, path: [...host, ...tools.path] };
}

async function runToolchains(
  build: LocalBuild,
  { tools, tree }: { readonly tools: ToolSet; readonly tree: SourceTree },
): Promise<Built> {
  const { local, io, workspace } = build;
  const appDir = await workspace.open(io.source.dir);
  const step = (plan: ToolchainPlan) => makeContext(build, { plan, tools, tree, appDir });
  const results: ToolchainResult[] = [];
  const [main] = local.toolchains.slice(-1);
  const own = main === undefined ? undefined : await step(main);
  if (own !== undefined) await runCommands(own, local.beforeBuild);
  for (const item of local.toolchains) {
    const context = await step(item);
    results.push(await toolchainOf(build, item).build(context));
  }
  if (own !== undefined) {
    await runCommands(own, local.build, mergeResults(results));
    await runCommands(own, local.afterBuild, mergeResults(results));
    await runCommands(own, local.test, mergeResults(results));
  }
  return { build, tools, appDir, results };
}

/** Commands of `[build]`: with the variables that the toolchains have settled. */
async function runCommands(
  context: ToolchainContext,
  commands: readonly Command[],
  made: ToolchainResult = {},
): Promise<void> {
  const path = [...(made.path_prepend ?? []), ...context.tools.path].join(":");
  const env = { ...made.env_vars, PATH: path };
  for (const command of commands) {
    const shell = `${context.tools.dir}/bin/bash`;
    const [program = shell, ...args] =
      typeof command === "string" ? [shell, "-euc", command] : command;
    await context.run([program, ...args], { env });
  }
}

interface StepParts {
  readonly plan: ToolchainPlan;
  readonly tools: ToolSet;
  readonly tree: SourceTree;
  readonly appDir: string;
}

async function makeContext(build: LocalBuild, parts: StepParts): Promise<ToolchainContext> {
  const { io, workspace, local } = build;
  const { plan, tools, tree, appDir } = parts;
  const cacheDir = await workspace.cache(plan.name);
  const registries = await build.parts.registries();
  const start = (argv: Argv, options: StepOptions, isData: boolean) =>
    runStep(build, { argv, options, tools, plan, cacheDir, appDir, isData });
  return {
    app: io.app,
    plan,
    tree,
    appDir,
    tools,
    cacheDir,
    registries,
    signal: io.signal,
    note: (level, text) => io.note(level, text),
    dependencies: (key, make) => {
      const identity = [plan.name, tools.dir, local.source, ...key];
      return workspace.shared("deps", identity, make);
    },
    run: async (argv, options = {}) => void (await start(argv, options, false)),
    capture: (argv, options = {}) => start(argv, options, true),
  };
}

interface Step {
  readonly argv: Argv;
  readonly options: StepOptions;
  readonly tools: ToolSet;
  readonly plan: ToolchainPlan;
  readonly cacheDir: string;
  readonly appDir: string;
  readonly isData: boolean;
}

async function runStep(build: LocalBuild, step: Step): Promise<string> {
  const { parts, plan, local, io, workspace } = build;
  const { argv, options, tools, cacheDir, appDir } = step;
  const user = parts.isRoot ? { uid: buildUid, gid: buildUid } : undefined;
  const cwd = join(appDir, options.cwd ?? ".");
  const writable = [workspace.build, join(workspace.dir, "deps"), cacheDir].filter(existsSync);
  const withHost = local.source === "host";
  const box = { tools, writable, readable: [], withHost, cwd, user };
  const log = (line: string): void => {
    io.log(line);
    void appendFile(buildLogFile(io.releaseDir), `${line}\n`);
  };
  log(`$ ${argv.join(" ")}`);
  const result = await run({
    argv: parts.sandbox ? sandboxed(box, argv) : [...dropTo(user), ...argv],
    cwd: parts.sandbox ? "/" : cwd,
    env: stepEnvironment(tools, cacheDir, options.env),
    signal: io.signal,
    timeoutMs: plan.nix.timeoutSeconds * 1000,
    silenceMs: plan.nix.maxSilentSeconds * 1000,
    onLine: (line, stream) => {
      if (stream === "stderr" || !step.isData) log(line);
    },
  });
  io.signal.throwIfAborted();
  if (result.exitCode === 0) return result.stdout;
  throw stepProblem(step, result);
}

function stepEnvironment(
  tools: ToolSet,
  cacheDir: string,
  own: StepOptions["env"] = {},
): Record<string, string> {
  const certificates = `${tools.dir}/etc/ssl/certs/ca-bundle.crt`;
  return {
    PATH: tools.path.join(":"),
    HOME: cacheDir,
    TMPDIR: "/tmp",
    LANG: "C.UTF-8",
    CI: "true",
    ...(existsSync(certificates)
      ? { SSL_CERT_FILE: certificates, NIX_SSL_CERT_FILE: certificates }
      : {}),
    ...own,
  };
}

function stepProblem({ argv, plan }: Step, result: Awaited<ReturnType<typeof run>>): Error {
  const { stopped, exitCode, exitSignal } = result;
  const output = `${result.stdout}${result.stderr}`.trimEnd().split("\n").slice(-30).join("\n");
  const [program, ...args] = argv;
  const command = [program.split("/").at(-1), ...args].join(" ").slice(0, 200);
  const reason =
    stopped === "timeout" || stopped === "silence"
      ? `was stopped: ${stopped === "timeout" ? "it took too long" : "it said nothing for too long"}`
      : `ended with ${exitCode === null ? exitSignal : `code ${exitCode}`}`;
  return toolchainStepFailed({ toolchain: plan.name, command, reason, output });
}

/** Later toolchains win: the last is the App's own. */
function mergeResults(results: readonly ToolchainResult[]): ToolchainResult {
  let merged: ToolchainResult = {};
  for (const result of results) {
    merged = {
      ...merged,
      ...withoutGaps(result),
      env_vars: { ...merged.env_vars, ...result.env_vars },
      path_prepend: [...(result.path_prepend ?? []), ...(merged.path_prepend ?? [])],
      static_paths: { ...merged.static_paths, ...result.static_paths },
      before_run: [...(merged.before_run ?? []), ...(result.before_run ?? [])],
    };
  }
  return merged;
}

async function check({ build, tools, appDir, results }: Built): Promise<BuildResult> {
  const { io, local, workspace, inputHash } = build;
  const made = mergeResults(results);
  const workers = mergeWorkers(made.workers ?? {}, io.overrides.workers);
  if (Object.keys(workers).length === 0) {
    throw localNoWorkers({ toolchains: local.toolchains.map(({ name }) => name) });
  }
  const runtime = RuntimeConfig.parse({
    schema: 1,
    env_vars: { ...certificatesOf(tools), ...made.env_vars },
    path_prepend: [...new Set([...(made.path_prepend ?? []), ...tools.path])],
    working_dir: made.working_dir ?? appDir,
    shell: `${tools.dir}/bin/bash`,
    workers,
    before_run: io.overrides.beforeRun ?? made.before_run ?? [],
    static_paths: made.static_paths ?? {},
    healthcheck: {},
    writable_tree: [],
    limits: {},
  });
  await requirePrograms(runtime);
  await writeFile(join(workspace.build, "runtime.json"), `${JSON.stringify(runtime, null, 2)}\n`);
  await workspace.close();
  const closure = await closureOf(build.parts.nix, { build: workspace.build, tools: tools.dir });
  return { artifact: makeArtifact(build, tools, runtime), inputHash, closure };
}

function certificatesOf({ dir }: ToolSet): Record<string, string> {
  const file = `${dir}/etc/ssl/certs/ca-bundle.crt`;
  return existsSync(file) ? { SSL_CERT_FILE: file } : {};
}

/** A command that cannot start fails here, with the programs that are there, and not when the Release starts. */
async function requirePrograms({
  workers,
  path_prepend,
  working_dir,
}: RuntimeConfig): Promise<void> {
  for (const [worker, { command }] of Object.entries(workers)) {
    const word = firstWord(command);
    if (word === undefined) continue;
    const places = word.includes("/")
      ? [join(working_dir, word), word]
      : path_prepend.map((dir) => join(dir, word));
    if (places.some((place) => existsSync(place))) continue;
    const lists = await Promise.all(path_prepend.map((dir) => readdir(dir).catch(() => [])));
    const available = [...new Set(lists.flat())].sort();
    throw localCommandNotFound({ owner: `the worker ${worker}`, word, available });
  }
}

/** The program of a simple command; nothing where a shell has to read it first. */
function firstWord(command: Command): string | undefined {
  if (typeof command !== "string") return command[0];
  const [word = ""] = command.trim().split(/\s+/);
  return /^[\w./+-]+$/.test(word) && !shellWords.has(word) ? word : undefined;
}

const shellWords: ReadonlySet<string> = new Set(
  "cd exec export if for while case set test source . eval trap umask ulimit true false echo printf".split(
    " ",
  ),
);

function makeArtifact(
  { parts, plan, local, io, packages, nixVersion, workspace, inputHash }: LocalBuild,
  tools: ToolSet,
  runtime: RuntimeConfig,
): BuildArtifact {
  return BuildArtifact.parse({
    schema: 1,
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

/** Equal inputs are an equal directory: nothing is built. */
async function reuse(
  { io, inputHash }: LocalBuild,
  known: Omit<BuildResult, "inputHash">,
): Promise<BuildResult> {
  await io.phase("evaluate", async () => {});
  await io.phase("build", async () => {
    io.note("info", "Same source and same packages as an earlier Release: nothing to build");
  });
  return io.phase("check", async () => ({ ...known, inputHash }));
}
