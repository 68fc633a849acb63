import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { BuildArtifact, nearest, type Plan, type RuntimeConfig } from "@hop3/core";
import { z } from "zod";
import { type BuildRequest, buildLogFile, type NixClient, type NixOptions } from "../nix/client.ts";
import {
  nixBuildFailed,
  nixBuildTimeout,
  nixCommandNotFound,
  nixDiskFull,
  nixNotPure,
  nixRuntimeJson,
} from "../nix/errors.ts";
import { evaluationProblem } from "../nix/eval-problem.ts";
import type { LockedTree } from "../nix/locked-tree.ts";
import type { PackageSet } from "../packages/package-set.ts";
import type { RunResult } from "../proc/run.ts";
import type { Builder, BuildIo, BuildResult } from "./builder.ts";
import { checkEvaluation, Evaluation, parseRuntimeConfig } from "./nix-contract.ts";

export interface NixBuilderParts {
  readonly nix: NixClient;
  /** The Nix code of this program (nix/ in the repository). */
  readonly tree: LockedTree;
  packages(): Promise<PackageSet>;
  nearestAttributes(missing: string): Promise<readonly string[]>;
  readonly policy: { readonly sandbox: boolean; readonly allowImpure: boolean };
  now(): Date;
}

/** Builds a project's own hop3.nix: accept is in the Plan, the rest is evaluate, build, check. */
export function makeNixBuilder(parts: NixBuilderParts): Builder {
  return {
    name: "nix",
    async build(plan, io) {
      if (!plan.nix.pure && !parts.policy.allowImpure) throw nixNotPure({ file: plan.nix.file });
      const inputs = await makeInputs(parts, plan, io);
      await io.phase("generate", async () => {});
      const known = plan.nix.pure ? io.findArtifact(inputs.hash) : undefined;
      if (known !== undefined) return reuse(parts.nix, known, inputs.hash, io);
      const derivation = await io.phase("evaluate", () => evaluate(parts, inputs, plan, io));
      await io.phase("build", () => build(parts.nix, derivation, inputs, plan, io));
      return io.phase("check", () => check(parts, derivation, inputs, plan, io));
    },
  };
}

interface Inputs {
  readonly data: Readonly<Record<string, unknown>>;
  readonly hash: string;
  readonly packages: PackageSet;
  readonly options: NixOptions;
  readonly nixVersion: string;
}

async function makeInputs(parts: NixBuilderParts, plan: Plan, io: BuildIo): Promise<Inputs> {
  const packages = await parts.packages();
  const nixVersion = await parts.nix.version();
  const data = {
    packages: packages.arguments,
    source: { path: io.source.dir, narHash: io.source.hash },
    file: plan.nix.file,
    app: io.app,
    overrides: { workers: io.overrides.workers, before_run: io.overrides.beforeRun },
  };
  // Where the Source lies and which mirror serves a package do not influence a store path; everything else does.
  const identity = [
    packages.pin,
    io.source.hash,
    plan.nix.file,
    io.app,
    parts.tree.narHash,
    nixVersion,
    JSON.stringify(data.overrides),
  ];
  return {
    data,
    hash: createHash("sha256").update(JSON.stringify(identity)).digest("hex"),
    packages,
    options: {
      sandbox: parts.policy.sandbox,
      pure: plan.nix.pure,
      substitute: packages.substitute,
    },
    nixVersion,
  };
}

interface ReleaseDerivation {
  readonly drvPath: string;
  readonly outPath: string;
  readonly evaluation: Evaluation;
}

async function evaluate(
  parts: NixBuilderParts,
  inputs: Inputs,
  plan: Plan,
  io: BuildIo,
): Promise<ReleaseDerivation> {
  const result = await parts.nix.evaluate({
    tree: parts.tree,
    file: "release.nix",
    input: inputs.data,
    options: inputs.options,
    signal: io.signal,
  });
  io.signal.throwIfAborted();
  const { file } = plan.nix;
  if (result.exitCode !== 0) {
    throw await evaluationProblem({
      stderr: result.stderr,
      file,
      nearest: (missing) => parts.nearestAttributes(missing),
    });
  }
  const evaluation = Evaluation.parse(JSON.parse(result.stdout));
  return { ...checkEvaluation(evaluation, file), evaluation };
}

async function build(
  nix: NixClient,
  derivation: ReleaseDerivation,
  inputs: Inputs,
  plan: Plan,
  io: BuildIo,
): Promise<void> {
  const request: BuildRequest = {
    drvPath: derivation.drvPath,
    root: join(io.releaseDir, "root"),
    logFile: buildLogFile(io.releaseDir),
    timeoutSeconds: plan.nix.timeoutSeconds,
    maxSilentSeconds: plan.nix.maxSilentSeconds,
    options: inputs.options,
    signal: io.signal,
    onLine: (line) => io.log(line),
  };
  const result = await nix.build(request);
  io.signal.throwIfAborted();
  if (result.exitCode !== 0) throw buildProblem(result, request, derivation, plan.nix.file);
}

/** What nix/release/build.sh reports on a line of its own. */
const ReportedError = z.discriminatedUnion("code", [
  z.object({ code: z.literal("NIX_RUNTIME_JSON"), reason: z.string() }),
  z.object({
    code: z.literal("NIX_COMMAND_NOT_FOUND"),
    owner: z.string(),
    word: z.string(),
    available: z.array(z.string()),
  }),
]);

function buildProblem(
  result: RunResult,
  request: BuildRequest,
  derivation: ReleaseDerivation,
  file: string,
): Error {
  const { stderr } = result;
  const lastLines = stderr.trimEnd().split("\n").slice(-30).join("\n");
  const reported = /^hop3-error: (.*)$/m.exec(stderr)?.[1];
  if (reported !== undefined) {
    return reportedProblem(ReportedError.parse(JSON.parse(reported)), derivation, file);
  }
  if (/No space left on device/.test(stderr)) return nixDiskFull({ lastLines });
  const failed = /builder for '[^']*?-([^'/]+)\.drv'/.exec(stderr)?.[1] ?? "the release";
  const slow = /timed out after (\d+) seconds( of silence)?/.exec(stderr);
  if (slow !== null) {
    const kind = slow[2] === undefined ? "total" : "silent";
    return nixBuildTimeout({ derivation: failed, seconds: Number(slow[1]), kind, lastLines });
  }
  return nixBuildFailed({ derivation: failed, lastLines, log: request.logFile });
}

function reportedProblem(
  reported: z.infer<typeof ReportedError>,
  derivation: ReleaseDerivation,
  file: string,
): Error {
  if (reported.code === "NIX_RUNTIME_JSON") {
    return nixRuntimeJson({ reason: `is not valid JSON: ${reported.reason.trim()}` });
  }
  const key = reported.owner.startsWith("before_run") ? "before_run" : "workers";
  const found = derivation.evaluation.positions[key] ?? derivation.evaluation.positions["package"];
  return nixCommandNotFound({
    ...reported,
    nearest: nearest(reported.word, reported.available),
    place: found == null ? { file } : { file, line: found.line, column: found.column },
  });
}

async function check(
  parts: NixBuilderParts,
  derivation: ReleaseDerivation,
  inputs: Inputs,
  plan: Plan,
  io: BuildIo,
): Promise<BuildResult> {
  const text = await readFile(join(derivation.outPath, "hop3/runtime.json"), "utf8");
  const { evaluation } = derivation;
  const runtime = parseRuntimeConfig(text, plan.nix.file, evaluation.positions);
  const closure = await parts.nix.closure(derivation.outPath);
  const artifact = makeArtifact({ parts, derivation, inputs, plan, io, runtime });
  return {
    artifact,
    inputHash: inputs.hash,
    closure: { paths: closure.paths.length, bytes: closure.bytes },
  };
}

interface ArtifactParts {
  readonly parts: NixBuilderParts;
  readonly derivation: ReleaseDerivation;
  readonly inputs: Inputs;
  readonly plan: Plan;
  readonly io: BuildIo;
  readonly runtime: RuntimeConfig;
}

function makeArtifact({
  parts,
  derivation,
  inputs,
  plan,
  io,
  runtime,
}: ArtifactParts): BuildArtifact {
  return BuildArtifact.parse({
    schema: 1,
    kind: "nix",
    builder: "nix",
    app_name: io.app,
    build_id: derivation.outPath.slice("/nix/store/".length).split("-")[0],
    built_at: parts.now().toISOString(),
    location: derivation.outPath,
    runtime,
    provenance: {
      source_hash: io.source.hash,
      source_revision: io.source.revision,
      package_set: inputs.packages.name,
      package_set_pin: inputs.packages.pin,
      drv_path: derivation.drvPath,
      tier: plan.tier,
      sandboxed: inputs.options.sandbox,
      pure: inputs.options.pure,
      nix_version: inputs.nixVersion,
      system: inputs.packages.arguments.system,
    },
    metadata: {},
  });
}

/** Equal inputs are an equal closure: nothing is evaluated or built, the closure gets one more root. */
async function reuse(
  nix: NixClient,
  artifact: BuildArtifact,
  inputHash: string,
  io: BuildIo,
): Promise<BuildResult> {
  await io.phase("evaluate", async () => {});
  await io.phase("build", async () => {
    io.note("info", "Same source and same packages as an earlier Release: nothing to build");
    await nix.addRoot(artifact.location, join(io.releaseDir, "root"));
  });
  return io.phase("check", async () => {
    const closure = await nix.closure(artifact.location);
    return {
      artifact: { ...artifact },
      inputHash,
      closure: { paths: closure.paths.length, bytes: closure.bytes },
    };
  });
}
