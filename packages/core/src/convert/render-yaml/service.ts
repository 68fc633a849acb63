import type { Command } from "../../artifact/runtime-config.ts";
import type { KeyPath } from "../../config/positions.ts";
import type { WorkerTable } from "../../config/sections.ts";
import { runtimeNamed } from "../runtimes.ts";
import type { Service } from "./schema.ts";
import { convertVariables } from "./variables.ts";
import type { RenderWork } from "./work.ts";

const kinds: Readonly<Record<string, "web" | "background" | "cron" | "store">> = {
  web: "web",
  static: "web",
  static_site: "web",
  pserv: "background",
  worker: "background",
  cron: "cron",
  redis: "store",
  keyvalue: "store",
};

/** A service of the blueprint as one worker of the App. */
export function convertService(work: RenderWork, service: Service, path: KeyPath): void {
  const { draft, document } = work;
  const place = document.placeOf(path);
  const kind = Object.hasOwn(kinds, service.type) ? kinds[service.type] : undefined;
  if (kind === "store") return;
  if (kind === undefined) {
    const reason = `'${service.type}' is no kind of service that Hop3 has`;
    draft.warn(`the service ${service.name} is not carried over`, reason, place);
    return;
  }
  if (kind === "web" && work.apps.has("web")) {
    const reason = "an app has one web; make the other an app with a hop3.toml of its own";
    draft.warn(`the service ${service.name} is not carried over`, reason, place);
    return;
  }
  if (kind === "web") work.apps.add("web");
  draft.fact(`service ${service.name}`, service.type, place);
  convertRuntime(work, service, path);
  convertCommands(work, { service, path, kind });
  convertVariables(work, service.envVars ?? [], [...path, "envVars"]);
  if (kind === "web") convertWeb(work, service, path);
  if (service.type === "pserv") {
    const reason = "only web is routed; other workers reach it where it listens on the machine";
    draft.warn(`the private service ${service.name} has no name of its own`, reason, place);
  }
  if (service.disk !== undefined) {
    draft.volume(service.disk.mountPath, service.disk.name || "data");
  }
}

function convertRuntime({ draft, document }: RenderWork, service: Service, path: KeyPath): void {
  const key = service.runtime === undefined ? "env" : "runtime";
  const name = service[key];
  if (service.rootDir) {
    const reason = "hop3.toml stands in the directory of the app; put it there";
    draft.warn(
      `rootDir ${service.rootDir} is not carried over`,
      reason,
      document.placeOf([...path, "rootDir"]),
    );
  }
  if (name === undefined) return;
  const place = document.placeOf([...path, key]);
  const runtime = runtimeNamed(name === "elixir" ? "" : name);
  if (runtime === undefined) {
    const isImage = name === "docker" || name === "image";
    const reason = isImage
      ? "Hop3 builds without Docker; hop3 init --from dockerfile reads the Dockerfile"
      : "no template is for it; write hop3.nix";
    draft.warn(`the runtime ${name} is not carried over`, reason, place);
    return;
  }
  draft.language(runtime, place);
  draft.fact("runtime", name, place);
}

interface Commands {
  readonly service: Service;
  readonly path: KeyPath;
  readonly kind: "web" | "background" | "cron";
}

function convertCommands({ draft, document }: RenderWork, { service, path, kind }: Commands): void {
  if (service.buildCommand) draft.step("build", service.buildCommand);
  if (service.preDeployCommand?.trim()) draft.release(service.preDeployCommand.trim());
  const command = (service.startCommand ?? service.dockerCommand)?.trim();
  const isStatic = service.staticPublishPath !== undefined || service.publishPath !== undefined;
  if (!command) {
    if (isStatic) return;
    const reason = "the file has no startCommand for it; write it in [run.workers]";
    draft.warn(`${service.name} has no command`, reason, document.placeOf(path));
    return;
  }
  const name = kind === "web" ? "web" : service.name;
  draft.worker(
    name,
    workerTable(service, kind, command),
    document.placeOf([...path, "startCommand"]),
  );
}

function workerTable(service: Service, kind: Commands["kind"], command: Command): WorkerTable {
  const { numInstances: instances, maxShutdownDelaySeconds: delay, schedule } = service;
  return {
    command,
    ...(kind === "cron" ? { kind, ...(schedule ? { schedule } : {}) } : {}),
    ...(instances === undefined ? {} : { instances }),
    ...(delay === undefined ? {} : { "stop-timeout": delay }),
  };
}

function convertWeb({ draft, document }: RenderWork, service: Service, path: KeyPath): void {
  draft.describe({ title: service.name });
  const directory = service.staticPublishPath ?? service.publishPath;
  if (directory) draft.staticPath("/", directory.replace(/^\.\//, ""));
  if (service.healthCheckPath) {
    const check = service.healthCheckPath;
    draft.section({ healthcheck: { path: check.startsWith("/") ? check : `/${check}` } });
  }
  const domains = [...(service.domains ?? []), ...(service.domain ? [service.domain] : [])];
  for (const domain of domains) draft.domain(domain, document.placeOf([...path, "domains"]));
}
