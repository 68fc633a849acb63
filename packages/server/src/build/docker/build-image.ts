import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plan } from "@hop3/core";
import type { BuildIo } from "@hop3/core/plugin";
import { buildLogFile } from "../../nix/client.ts";
import { type RunResult, run } from "../../proc/run.ts";
import { dockerBuildFailed } from "./docker-errors.ts";
import { type Engine, engineEnvironment } from "./engine.ts";
import { labelStages } from "./labelled.ts";

export interface ImageBuild {
  readonly engine: Engine;
  readonly plan: Plan;
  readonly io: BuildIo;
  /** The app's directory: what the Dockerfile copies from. */
  readonly context: string;
  /** Name of the Dockerfile in it. */
  readonly file: string;
  readonly label: string;
  onLine(line: string): void;
}

/** Lets the engine build; returns the id of the image. What is left after a failure is for the caller to remove. */
export async function buildImage(build: ImageBuild): Promise<string> {
  const { engine, plan, io, context, file, label } = build;
  const scratch = await mkdtemp(join(io.releaseDir, "image-"));
  try {
    const [dockerfile, idFile] = [join(scratch, "Dockerfile"), join(scratch, "id")];
    await writeFile(dockerfile, labelStages(await readFile(join(context, file), "utf8"), label));
    const logFile = buildLogFile(io.releaseDir);
    // Without the server nobody waits for the image.
    const argv = [
      "/usr/bin/setpriv",
      "--pdeathsig",
      "KILL",
      "--",
      engine.program,
      "build",
    ] as const;
    const result = await run({
      argv: [...argv, ...buildArguments(build, { dockerfile, idFile })],
      env: engineEnvironment(),
      signal: io.signal,
      timeoutMs: plan.nix.timeoutSeconds * 1000,
      silenceMs: plan.nix.maxSilentSeconds * 1000,
      onLine(line) {
        build.onLine(line);
        io.log(line);
        void appendFile(logFile, `${line}\n`);
      },
    });
    io.signal.throwIfAborted();
    if (result.exitCode !== 0) throw buildProblem(file, result);
    return (await readFile(idFile, "utf8")).trim();
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function buildArguments(
  { engine, context, label }: ImageBuild,
  { dockerfile, idFile }: { readonly dockerfile: string; readonly idFile: string },
): readonly string[] {
  return [
    // The other format has no HEALTHCHECK.
    ...(engine.kind === "podman" ? ["--format", "docker"] : []),
    "--force-rm",
    ...["--label", label, "--file", dockerfile, "--iidfile", idFile],
    context,
  ];
}

const shownLines = 30;

function buildProblem(file: string, result: RunResult): Error {
  const lines = `${result.stdout}${result.stderr}`.trimEnd().split("\n");
  const step = failedStep(result.stdout.split("\n")) ?? failedStep(result.stderr.split("\n"));
  const output = lines.slice(-shownLines).join("\n");
  return dockerBuildFailed({ file, step, reason: reasonOf(result), output });
}

function reasonOf({ stopped, exitSignal, stderr }: RunResult): string {
  if (stopped === "timeout") return "it took too long";
  if (stopped === "silence") return "it said nothing for too long";
  if (exitSignal !== null) return `the engine was ended by ${exitSignal}`;
  const code = /(?:non-zero code: |exit status |exit code: )(\d+)/.exec(stderr)?.[1];
  if (code !== undefined) return `exit code ${code}`;
  const last = stderr.trimEnd().split("\n").at(-1) ?? "";
  return last.replace(/^error: /i, "");
}

/** The instruction that the engine began last, as podman, docker and BuildKit write it. */
export function failedStep(lines: readonly string[]): string | undefined {
  const steps = lines.flatMap(
    (line) =>
      /^(?:\[\d+\/\d+\] )?step \d+\/\d+ ?: (.*)$/i.exec(line)?.[1] ??
      /^#\d+ \[[^\]]*\d+\/\d+\] (.*)$/.exec(line)?.[1] ??
      [],
  );
  return steps.at(-1)?.slice(0, 200);
}
