import { checkDocument } from "../check-document.ts";
import type { Converter } from "../conversion.ts";
import { Draft, stopSignal } from "../draft.ts";
import { readToml } from "../read-toml.ts";
import { runtimeOfBuildpack } from "../runtimes.ts";
import { parseSeconds } from "../seconds.ts";
import { convertLimits, convertMounts, convertStatics } from "./resources.ts";
import { FlyToml } from "./schema.ts";
import { convertChecks, convertServices } from "./services.ts";
import type { FlyWork } from "./work.ts";

export const flyTomlConverter: Converter = {
  id: "fly-toml",
  title: "fly.toml",
  files: ["fly.toml"],
  isImplicit: false,

  convert({ text, file }) {
    const document = readToml(text, file);
    const draft = new Draft(file);
    const work: FlyWork = { draft, document, fly: checkDocument(FlyToml, document, draft) };
    convertApp(work);
    convertProcesses(work);
    convertServices(work);
    convertChecks(work);
    convertRelease(work);
    convertMounts(work);
    convertStatics(work);
    convertLimits(work);
    return draft.finish();
  },
};

function convertApp({ draft, document, fly }: FlyWork): void {
  if (fly.app) {
    draft.describe({ title: fly.app });
    draft.fact("name", fly.app, document.placeOf(["app"]));
  }
  for (const [name, value] of Object.entries(fly.env ?? {})) {
    draft.variable(name, value, document.placeOf(["env", name]));
  }
  const buildpacks = [...(fly.build?.buildpacks ?? []), fly.build?.builder ?? ""];
  for (const address of buildpacks.filter((text) => text !== "")) {
    const place = document.placeOf(["build"]);
    const runtime = runtimeOfBuildpack(address);
    if (runtime === undefined) {
      const reason = "it stands for no language that Hop3 has a template for";
      draft.warn(`the builder '${address}' is not carried over`, reason, place);
      continue;
    }
    draft.language(runtime, place);
  }
}

function convertProcesses({ draft, document, fly }: FlyWork): void {
  const processes = Object.entries(fly.processes ?? {});
  const web = webProcess(fly);
  for (const [name, command] of processes) {
    const place = document.placeOf(["processes", name]);
    if (command.trim() === "") {
      const reason = "it is that of the image; hop3 init --from dockerfile finds it";
      draft.warn(`the process ${name} has no command`, reason, place);
      continue;
    }
    draft.worker(name === web ? "web" : name, { command: command.trim() }, place);
    draft.fact(`process ${name}`, command, place);
  }
  convertStop({ draft, document, fly });
  if (processes.length === 0) {
    const reason = "fly.toml takes it from the image; write [run] start, or use --from dockerfile";
    draft.warn("there is no command for web", reason, { file: document.file, line: 1 });
  }
}

/** The process that answers HTTP: the one that the service names, else the one Fly calls app. */
function webProcess(fly: FlyToml): string | undefined {
  const names = Object.keys(fly.processes ?? {});
  const services = Array.isArray(fly.services) ? fly.services : [fly.services];
  const [named] = fly.http_service?.processes ?? services[0]?.processes ?? [];
  return [named, "web", "app"].find((name) => name !== undefined && names.includes(name));
}

function convertStop({ draft, document, fly }: FlyWork): void {
  const { kill_signal, kill_timeout } = fly;
  if (kill_signal === undefined && kill_timeout === undefined) return;
  const place = document.placeOf([kill_signal === undefined ? "kill_timeout" : "kill_signal"]);
  const signal = kill_signal === undefined ? undefined : stopSignal(kill_signal);
  if (kill_signal !== undefined && signal === undefined) {
    const reason = "a process can be stopped with TERM, INT, QUIT, HUP, USR1, USR2 or WINCH";
    draft.warn(`kill_signal ${kill_signal} is not carried over`, reason, place);
  }
  const timeoutSeconds = kill_timeout === undefined ? undefined : parseSeconds(kill_timeout);
  draft.stop({ signal, timeoutSeconds, place });
}

function convertRelease({ draft, document, fly }: FlyWork): void {
  const command = fly.deploy?.release_command?.trim();
  if (command) {
    const place = document.placeOf(["deploy", "release_command"]);
    draft.release(command);
    draft.fact("release command", command, place);
    if (command.startsWith("/")) {
      const reason = "write it relative to the package in [run] before-run";
      draft.warn(`the release command ${command} is a path of the image`, reason, place);
    }
  }
  const strategy = fly.deploy?.strategy;
  if (strategy === undefined || strategy === "bluegreen") return;
  const place = document.placeOf(["deploy", "strategy"]);
  const reason = "the old Release serves until the new one answers (blue-green)";
  draft.warn(`the strategy ${strategy} is not carried over`, reason, place);
}
