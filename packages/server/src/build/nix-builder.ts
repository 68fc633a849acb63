import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  artifactSchema,
  BuildArtifact,
  type NixCheck,
  type Plan,
  type RuntimeConfig,
} from "@hop3/core";
import type { Builder, BuildIo, BuildResult } from "@hop3/core/plugin";
import { buildLogFile } from "../nix/client.ts";
import { derivationName, isFixedOutput } from "../nix/derivations.ts";
import { nixNotPure } from "../nix/errors.ts";
import { evaluationProblem } from "../nix/eval-problem.ts";
import { missingLibrary } from "./missing-library.ts";
import type { NixBuilderParts } from "./nix-builder-parts.ts";
import { checkEvaluation, Evaluation, parseRuntimeConfig } from "./nix-contract.ts";
import { type NixBuild, prepareBuild } from "./nix-inputs.ts";
import { buildProblem } from "./nix-problem.ts";
import { readEvaluation, recordEvaluation } from "./recorded-evaluation.ts";
import { reuseResult } from "./reuse-result.ts";
import { makeTurns } from "./verify/turns.ts";
import { verify } from "./verify/verify.ts";

/** Builds a project's own hop3.nix: accept is in the Plan, the rest is evaluate, build, check. */
export function makeNixBuilder(parts: NixBuilderParts): Builder {
  const turns = makeTurns();
  return {
    name: "nix",
    async build(plan, io) {
      if (!plan.nix.pure && !parts.policy.allowImpure) throw nixNotPure({ file: plan.nix.file });
      const nixBuild = await prepareBuild(parts, plan, io);
      const known = plan.nix.pure ? io.findResult(nixBuild.inputHash) : undefined;
      if (known !== undefined) return reuseResult(io, nixBuild.inputHash, known);
      const derivation = await io.phase("evaluate", () => evaluate(nixBuild));
      await recordEvaluation(io.releaseDir, nixBuild.recorded);
      await io.phase("build", () => realise(nixBuild, derivation));
      return io.phase("check", () => check(nixBuild, derivation));
    },
    async check(plan, io) {
      if (!plan.nix.pure && !parts.policy.allowImpure) throw nixNotPure({ file: plan.nix.file });
      return checkOnly(await prepareBuild(parts, plan, io));
    },
    async verify(request) {
      const recorded = await readEvaluation(request.releaseDirs);
      // Two of one derivation would leave what they compare at the same place.
      const onWait = (): void => request.onLine("Waiting for another verification to end");
      return turns(() => verify(parts, { ...request, recorded }), onWait);
    },
  };
}

/** What is known without building: the expression holds, and this is what a build would have to do. */
async function checkOnly(nixBuild: NixBuild): Promise<Omit<NixCheck, "plan">> {
  const { nix } = nixBuild.parts;
  const { drvPath, outPath, workers } = await evaluate(nixBuild);
  const missing = await nix.missing(drvPath, nixBuild.options);
  const graph = await nix.derivations(drvPath);
  const isFetch = (path: string) => {
    const derivation = graph?.get(path);
    return derivation !== undefined && isFixedOutput(derivation);
  };
  return {
    drvPath,
    location: outPath,
    workers,
    toBuild: missing.built.filter((path) => !isFetch(path)).map(derivationName),
    toFetch: [...missing.built.filter(isFetch).map(derivationName), ...missing.fetched],
    derivations: graph?.size ?? 0,
  };
}

/** The expression, as a user finds it from the directory that was sent. */
function ownFile({ nix }: Plan, { source }: BuildIo): string {
  const isOwn = nix.template === undefined && source.below !== undefined;
  return isOwn ? join(source.below, nix.file) : nix.file;
}

interface ReleaseDerivation {
  readonly drvPath: string;
  readonly outPath: string;
  readonly positions: Evaluation["positions"];
  /** Names of those that the attributes have. */
  readonly workers: string[];
}

async function evaluate({ parts, plan, io, input, options }: NixBuild): Promise<ReleaseDerivation> {
  const { tree, nix, nearestAttributes } = parts;
  const { signal } = io;
  const result = await nix.evaluate({ tree, file: "release.nix", input, options, signal });
  signal.throwIfAborted();
  const file = ownFile(plan, io);
  if (result.exitCode !== 0) {
    throw await evaluationProblem({ stderr: result.stderr, file, nearest: nearestAttributes });
  }
  const evaluation = Evaluation.parse(JSON.parse(result.stdout));
  const { positions, contract } = evaluation;
  const workers = Object.keys(Object(contract["workers"]));
  return { ...checkEvaluation(evaluation, file), positions, workers };
}

async function realise(
  { parts, plan, io, options }: NixBuild,
  { drvPath, positions }: ReleaseDerivation,
): Promise<void> {
  const logFile = buildLogFile(io.releaseDir);
  const result = await parts.nix.build({
    drvPath,
    logFile,
    options,
    root: join(io.releaseDir, "root"),
    timeoutSeconds: plan.nix.timeoutSeconds,
    maxSilentSeconds: plan.nix.maxSilentSeconds,
    signal: io.signal,
    onLine: (line) => io.log(line),
  });
  io.signal.throwIfAborted();
  if (result.exitCode === 0) return;
  const { stderr } = result;
  const refusal = await parts.registries.refusalIn(stderr);
  throw (
    refusal ??
    (await missingLibrary(stderr, parts)) ??
    buildProblem({ stderr, logFile, file: plan.nix.file, positions })
  );
}

async function check(nixBuild: NixBuild, derivation: ReleaseDerivation): Promise<BuildResult> {
  const { parts, plan, inputHash } = nixBuild;
  const { outPath, positions } = derivation;
  const text = await readFile(join(outPath, "hop3/runtime.json"), "utf8");
  const runtime = parseRuntimeConfig(text, plan.nix.file, positions);
  noteUnserved(nixBuild, runtime);
  const closure = await parts.nix.closure(outPath);
  return {
    artifact: makeArtifact(nixBuild, derivation, runtime),
    inputHash,
    closure: { paths: closure.paths.length, bytes: closure.bytes },
  };
}

/** What the contract allows and this version does not do is said, never dropped silently. */
function noteUnserved({ io, plan }: NixBuild, { static_paths, limits }: RuntimeConfig): void {
  const prefixes = Object.keys(static_paths).filter((prefix) => prefix !== "/");
  if (prefixes.length > 0) {
    const text = `${plan.nix.file}: static_paths ${prefixes.join(", ")} are not served by themselves in this version; the web worker gets those requests`;
    io.note("warning", text);
  }
  const limited = Object.keys(limits);
  if (limited.length > 0) {
    io.note(
      "warning",
      `${plan.nix.file}: limits ${limited.join(", ")} are not enforced in this version`,
    );
  }
}

function makeArtifact(
  { parts, plan, io, packages, options, nixVersion }: NixBuild,
  { drvPath, outPath }: ReleaseDerivation,
  runtime: RuntimeConfig,
): BuildArtifact {
  return BuildArtifact.parse({
    schema: artifactSchema,
    kind: "nix",
    builder: "nix",
    app_name: io.app,
    build_id: outPath.slice("/nix/store/".length).split("-")[0],
    built_at: parts.now().toISOString(),
    location: outPath,
    runtime,
    provenance: {
      source_hash: io.source.hash,
      source_revision: io.source.revision,
      package_set: packages.name,
      package_set_pin: packages.pin,
      drv_path: drvPath,
      template: plan.nix.template,
      // Out of the sandbox a build may have taken in anything.
      tier: options.sandbox ? plan.tier : "unpinned",
      sandboxed: options.sandbox,
      pure: options.pure,
      nix_version: nixVersion,
      system: packages.arguments.system,
    },
    metadata: {},
  });
}
