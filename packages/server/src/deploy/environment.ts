import type { ReleaseSettings, RuntimeConfig, WorkerKind } from "@hop3/core";
import type { AddonEnvironment } from "./addon-variables.ts";

export interface PlatformFacts {
  readonly app: string;
  readonly release: number;
  readonly dataDir: string;
  readonly tmpDir: string;
  readonly publicUrl: string;
  /** Kind of the worker; else what the command is for. */
  readonly role: WorkerKind | "release" | "run";
  /** Absent for release steps and `run`, which serve nothing. */
  readonly port?: number | undefined;
  readonly socket?: string | undefined;
}

export interface ReleaseVariables {
  readonly runtime: RuntimeConfig;
  readonly settings: Pick<ReleaseSettings, "env" | "envOverridesConfig">;
  /** Absent where there are none. */
  readonly addons?: AddonEnvironment;
  /** Decrypted. */
  readonly stored: Readonly<Record<string, string>>;
}

/**
 * The whole environment of a Process, lowest to highest: platform defaults, the Release's own variables, those of its
 * addons, plain ones of hop3.toml, the App's stored configuration, platform facts. Nothing of the host's environment is in it.
 */
export function makeEnvironment(
  { runtime, settings, addons, stored }: ReleaseVariables,
  facts: PlatformFacts,
): Record<string, string> {
  const written = { ...settings.env, ...addons?.chosen };
  return {
    LANG: "C.UTF-8",
    ...runtime.env_vars,
    ...addons?.own,
    ...(settings.envOverridesConfig ? { ...stored, ...written } : { ...written, ...stored }),
    PATH: runtime.path_prepend.join(":"),
    BIND_ADDRESS: "127.0.0.1",
    HOP3_APP: facts.app,
    HOP3_RELEASE: String(facts.release),
    HOP3_ROLE: facts.role,
    HOP3_DATA_DIR: facts.dataDir,
    HOP3_PUBLIC_URL: facts.publicUrl,
    HOME: facts.dataDir,
    TMPDIR: facts.tmpDir,
    ...(facts.port === undefined ? {} : { PORT: String(facts.port) }),
    ...(facts.socket === undefined ? {} : { HOP3_SOCKET: facts.socket }),
  };
}

/**
 * A string goes to the Release's own shell, a list is started as it is; both by the Release's launcher, where it has
 * one. The launcher alone is a command too: it knows what to start.
 */
export function commandArgv(
  command: string | readonly string[],
  { shell, launcher }: Pick<RuntimeConfig, "shell" | "launcher">,
): readonly [string, ...string[]] {
  if (launcher === undefined) return plainArgv(command, shell);
  return command === launcher ? [launcher] : [launcher, ...plainArgv(command, shell)];
}

function plainArgv(
  command: string | readonly string[],
  shell: string,
): readonly [string, ...string[]] {
  if (typeof command === "string") return [shell, "-c", withExec(command)];
  const [program, ...args] = command;
  if (program === undefined) throw new Error("an empty command passed the schema");
  return [program, ...args];
}

/**
 * The shell gives way to a simple command, so that signals reach the program itself. Anything with operators, several
 * lines or a builtin in front keeps its shell.
 */
function withExec(command: string): string {
  if (/[;&|<>()`\n]/.test(command)) return command;
  return command.replace(/^(\s*(?:[A-Za-z_][A-Za-z0-9_]*=[^\s"'$\\]*\s+)*)(?=\/)/, "$1exec ");
}
