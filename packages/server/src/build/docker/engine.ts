import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import {
  type Argv,
  hostEnvironment,
  type RunRequest,
  type RunResult,
  run,
} from "../../proc/run.ts";

export type EngineKind = "podman" | "docker";

/** A program of this host that builds images and runs containers. */
export interface Engine {
  readonly kind: EngineKind;
  /** Absolute: what a launcher starts years later. */
  readonly program: string;
  readonly version: string;
  /** Its containers have no more rights than the user of the server, who is not root. */
  readonly rootless: boolean;
}

export interface EngineSearch {
  readonly engine: Engine | undefined;
  /** Why each one that was asked cannot be used. */
  readonly problems: readonly string[];
}

/** podman first: it needs no daemon and runs without root. */
const kinds: readonly EngineKind[] = ["podman", "docker"];
/** What an engine needs to find its own files and its daemon. */
const passedOn = ["XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "DOCKER_HOST"] as const;

/** The environment of the engine itself; nothing of an App is in it. */
export function engineEnvironment(): Record<string, string> {
  const env = hostEnvironment();
  for (const name of passedOn) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return env;
}

/** Asked anew each time: an engine may be installed, started or removed while the server runs. */
export async function findEngine(
  path: string | undefined = hostEnvironment()["PATH"],
): Promise<EngineSearch> {
  const problems: string[] = [];
  for (const kind of kinds) {
    const program = findProgram(kind, path ?? "");
    if (program === undefined) {
      problems.push(`${kind} is not installed`);
      continue;
    }
    const asked = await askVersion(kind, program);
    if (asked.version === undefined) problems.push(`${program} does not work (${asked.problem})`);
    else
      return {
        engine: { kind, program, version: asked.version, rootless: process.getuid?.() !== 0 },
        problems,
      };
  }
  return { engine: undefined, problems };
}

function findProgram(name: string, path: string): string | undefined {
  return path
    .split(delimiter)
    .filter((dir) => dir.startsWith("/"))
    .map((dir) => join(dir, name))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

type Asked =
  | { readonly version: string; readonly problem?: never }
  | { readonly version?: undefined; readonly problem: string };

/** Of docker its daemon is asked: the program alone builds nothing. */
async function askVersion(kind: EngineKind, program: string): Promise<Asked> {
  const format = kind === "docker" ? "{{.Server.Version}}" : "{{.Client.Version}}";
  const result = await run({
    argv: [program, "version", "--format", format],
    env: engineEnvironment(),
    timeoutMs: 10_000,
  });
  const version = result.stdout.trim();
  if (result.exitCode === 0 && /^\d/.test(version)) return { version };
  const problem = result.stderr.trim().split("\n").at(-1) ?? "";
  return { problem: problem === "" ? "it does not answer" : problem };
}

/** Runs the engine with arguments of its own command line. */
export function runEngine(
  { program }: Pick<Engine, "program">,
  args: readonly string[],
  request: Omit<RunRequest, "argv" | "env"> = {},
): Promise<RunResult> {
  const argv: Argv = [program, ...args];
  return run({ ...request, argv, env: engineEnvironment() });
}
