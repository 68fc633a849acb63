import { existsSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Command, SourceTree } from "@hop3/core";
import type {
  StepOptions,
  ToolchainContext,
  ToolchainPlan,
  ToolchainResult,
  ToolSet,
} from "@hop3/core/plugin";
import { buildLogFile } from "../../nix/client.ts";
import { type Argv, run } from "../../proc/run.ts";
import { buildUid } from "../../proc/users.ts";
import { configuredRegistries } from "../nix-inputs.ts";
import type { LocalBuild } from "./local-build.ts";
import { toolchainStepFailed } from "./local-errors.ts";
import { dropTo, sandboxed } from "./sandbox.ts";

/** Commands of `[build]`: with the variables that the toolchains have settled. */
export async function runCommands(
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

/** What a toolchain gets: every effect it has goes through this. */
export async function makeContext(build: LocalBuild, parts: StepParts): Promise<ToolchainContext> {
  const { io, workspace, local } = build;
  const { plan, tools, tree, appDir } = parts;
  const cacheDir = await workspace.cache(plan.name);
  const registries = await configuredRegistries(build.parts, build.packages);
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
  const cwd = resolve(appDir, options.cwd ?? ".");
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
  const [certificates] = [hostCertificates, `${tools.dir}/etc/ssl/certs/ca-bundle.crt`].filter(
    (file) => existsSync(file),
  );
  return {
    PATH: tools.path.join(":"),
    HOME: cacheDir,
    TMPDIR: "/tmp",
    LANG: "C.UTF-8",
    CI: "true",
    ...(certificates === undefined ? {} : certificateVariables(certificates)),
    ...own,
  };
}

/** The operator's own: a registry behind a private authority is known to the host alone. */
const hostCertificates = "/etc/ssl/certs/ca-certificates.crt";

/** Each tool has a name of its own for the same file. */
function certificateVariables(file: string): Record<string, string> {
  return {
    SSL_CERT_FILE: file,
    NODE_EXTRA_CA_CERTS: file,
    PIP_CERT: file,
    GIT_SSL_CAINFO: file,
    CURL_CA_BUNDLE: file,
    CARGO_HTTP_CAINFO: file,
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
