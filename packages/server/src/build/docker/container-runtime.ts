import {
  mergeWorkers,
  RuntimeConfig,
  requestPath,
  VariableName,
  type WorkerSpec,
} from "@hop3/core";
import type { BuildOverrides } from "@hop3/core/plugin";
import { dockerNoCommand } from "./docker-errors.ts";
import type { ImageConfig } from "./image.ts";

/** Where a container finds the App's data; a VOLUME of the same path is the same directory. */
export const dataPath = "/data";

export interface ContainerParts {
  readonly file: string;
  readonly config: ImageConfig;
  readonly overrides: BuildOverrides;
  /** The program that starts the container. */
  readonly launcher: string;
}

export interface Container {
  readonly runtime: RuntimeConfig;
  /** Where the web worker listens; undefined: on $PORT. */
  readonly port: number | undefined;
  readonly volumes: readonly string[];
  readonly warnings: readonly string[];
}

/** What the image says, as a RuntimeConfig: paths in it are those that a Process sees, inside its container. */
export function makeContainer({ file, config, overrides, launcher }: ContainerParts): Container {
  const warnings: string[] = [];
  const env = environmentOf(config);
  const workers = mergeWorkers(ownWorker(config, warnings), overrides.workers);
  if (Object.keys(workers).length === 0) throw dockerNoCommand({ file });
  const runtime = RuntimeConfig.parse({
    schema: 1,
    env_vars: env,
    path_prepend: (env["PATH"] ?? defaultPath).split(":").filter((dir) => dir.startsWith("/")),
    working_dir: config.WorkingDir?.startsWith("/") === true ? config.WorkingDir : "/",
    shell: config.Shell?.[0]?.startsWith("/") === true ? config.Shell[0] : "/bin/sh",
    workers,
    before_run: overrides.beforeRun ?? [],
    launcher,
    static_paths: {},
    healthcheck: healthcheckOf(config, warnings),
    writable_tree: [],
    limits: {},
  });
  return {
    runtime,
    port: portOf(config, env, warnings),
    volumes: volumesOf(config, warnings),
    warnings,
  };
}

const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

function environmentOf({ Env }: ImageConfig): Record<string, string> {
  const env: Record<string, string> = {};
  for (const entry of Env ?? []) {
    const at = entry.indexOf("=");
    const name = entry.slice(0, at);
    if (at > 0 && VariableName.safeParse(name).success) env[name] = entry.slice(at + 1);
  }
  return env;
}

function ownWorker(config: ImageConfig, warnings: string[]): Record<string, WorkerSpec> {
  const command = [...(config.Entrypoint ?? []), ...(config.Cmd ?? [])];
  if (command.length === 0) return {};
  const signal = stopSignal(config, warnings);
  return { web: { command, ...(signal === undefined ? {} : { stop_signal: signal }) } };
}

type StopSignal = NonNullable<WorkerSpec["stop_signal"]>;
const signals: Readonly<Record<string, StopSignal>> = {
  ...{
    TERM: "TERM",
    INT: "INT",
    QUIT: "QUIT",
    HUP: "HUP",
    USR1: "USR1",
    USR2: "USR2",
    WINCH: "WINCH",
  },
  ...{ 1: "HUP", 2: "INT", 3: "QUIT", 10: "USR1", 12: "USR2", 15: "TERM", 28: "WINCH" },
};

function stopSignal({ StopSignal: text }: ImageConfig, warnings: string[]): StopSignal | undefined {
  if (text === undefined || text === null || text === "") return undefined;
  const signal = signals[text.toUpperCase().replace(/^SIG/, "")];
  if (signal === undefined)
    warnings.push(`STOPSIGNAL ${text} is not one that Hop3 sends; TERM is sent instead`);
  return signal;
}

/** Seconds in which a container may start where its image has no HEALTHCHECK: the engine takes connections before it listens. */
const patience = 60;
const dockerDefaults = { interval: 30, timeout: 30, retries: 3 };

/** A Process is given up where the engine would call its container unhealthy, and healthy as soon as it answers. */
function healthcheckOf(
  { Healthcheck }: ImageConfig,
  warnings: string[],
): RuntimeConfig["healthcheck"] {
  const [kind, ...words] = Healthcheck?.Test ?? [];
  if (kind === undefined || kind === "NONE") return { start_period: patience };
  const text = words.join(" ");
  const path = requestPath(text);
  if (path === undefined) {
    warnings.push(
      `HEALTHCHECK ${text} is not run: the platform asks for / over HTTP; set [healthcheck] path in hop3.toml`,
    );
    return { start_period: patience };
  }
  const { Interval, Timeout, StartPeriod, Retries } = Healthcheck ?? {};
  const retries = Retries || dockerDefaults.retries;
  const interval = seconds(Interval) ?? dockerDefaults.interval;
  return {
    path,
    timeout: seconds(Timeout) ?? dockerDefaults.timeout,
    start_period: (seconds(StartPeriod) ?? 0) + interval * retries,
    retries: 1,
  };
}

/** Zero means that nothing was said. */
function seconds(value: number | undefined): number | undefined {
  return value === undefined || value === 0 ? undefined : value / 1e9;
}

function portOf(
  { ExposedPorts }: ImageConfig,
  env: Record<string, string>,
  warnings: string[],
): number | undefined {
  const ports = Object.keys(ExposedPorts ?? {})
    .filter((key) => /^\d+(?:\/tcp)?$/.test(key))
    .map((key) => Number.parseInt(key, 10))
    .sort((left, right) => left - right);
  const own = Number(env["PORT"]);
  const chosen = ports.find((port) => port === own) ?? ports[0];
  if (ports.length > 1 && chosen !== own) {
    warnings.push(
      `The image exposes the ports ${ports.join(", ")}; requests go to ${chosen}: ENV PORT in the Dockerfile chooses another`,
    );
  }
  return chosen;
}

function volumesOf({ Volumes }: ImageConfig, warnings: string[]): readonly string[] {
  const volumes = new Set([dataPath]);
  for (const path of Object.keys(Volumes ?? {})) {
    const plain = path.replace(/(?<=.)\/+$/, "");
    if (/^(?:\/[\w.@-]+)+$/.test(plain) && !plain.split("/").includes("..")) volumes.add(plain);
    else
      warnings.push(`VOLUME ${path} is not kept: its path has characters that a mount cannot name`);
  }
  return [...volumes];
}
