import type { Command } from "../../artifact/runtime-config.ts";
import type { Converter } from "../conversion.ts";
import { Draft, stopSignal } from "../draft.ts";
import { startCommand, systemPath, usePlatformPort } from "./command.ts";
import { evaluateStage } from "./evaluate.ts";
import { convertHealthcheck } from "./healthcheck.ts";
import { convertLabels } from "./labels.ts";
import { noteMoves } from "./moves.ts";
import type { Origins } from "./origin.ts";
import { findOrigin } from "./paths.ts";
import { convertRuntimes } from "./runtime.ts";
import { chainOf, parseStages, type Stage, type Stages } from "./stages.ts";
import type { StageState } from "./state.ts";
import { convertRuns } from "./steps.ts";

export const dockerfileConverter: Converter = {
  id: "dockerfile",
  title: "Dockerfile",
  files: ["Dockerfile", "Containerfile"],
  isImplicit: false,

  convert({ text, file }) {
    const draft = new Draft(file);
    const stages = parseStages(text, file);
    const state = evaluateStage(stages, stages.last);
    const builders = buildersOf(stages, state);
    noteUnused(draft, stages, builders);
    const found = new Map(
      [...builders, state].map((each) => [each, convertRuns(draft, each)] as const),
    );
    convertRuntimes(draft, { state, builders, found });
    for (const each of [...builders, state]) {
      for (const { message, reason, place } of each.lost) draft.warn(message, reason, place);
    }
    convertEnv(draft, state);
    convertLabels(draft, state);
    const command = convertProcess(draft, state, builders);
    noteMoves(draft, { state, builders, handled: handledTargets(state, command) });
    convertSurroundings(draft, state);
    return draft.finish();
  },
};

/** The stages whose files end up in the last one, in the order of the file. */
function buildersOf(stages: Stages, state: StageState): readonly StageState[] {
  const chain = new Set(chainOf(stages.last));
  const builders = new Map<number, StageState>();
  const visit = (from: StageState): void => {
    for (const { stage: index } of from.copies) {
      const stage = index === undefined ? undefined : stages.list[index];
      if (stage === undefined || builders.has(stage.index) || chain.has(stage)) continue;
      const built = evaluateStage(stages, stage);
      builders.set(stage.index, built);
      visit(built);
    }
  };
  visit(state);
  return [...builders.values()].sort((a, b) => a.stage.index - b.stage.index);
}

function noteUnused(draft: Draft, stages: Stages, builders: readonly StageState[]): void {
  const used = new Set<Stage>(
    [stages.last, ...builders.map(({ stage }) => stage)].flatMap(chainOf),
  );
  for (const stage of stages.list) {
    if (used.has(stage)) continue;
    const name = stage.name ?? String(stage.index);
    const reason = "nothing of it gets into the last stage";
    draft.warn(`the stage ${name} is not carried over`, reason, stage.from.place);
  }
}

function convertEnv(draft: Draft, state: StageState): void {
  for (const [name, { text, place }] of state.env) {
    if (name === "PATH" || name === "LD_LIBRARY_PATH") {
      const reason = "programs and libraries are found through packages";
      draft.warn(`the variable ${name} is not carried over`, reason, place);
    } else if (isImagePath(state, text)) {
      const reason = `${text} is a path of the image; set it with hop3 config set where the app needs it`;
      draft.warn(`the variable ${name} is not carried over`, reason, place);
    } else draft.variable(name, text, place);
  }
}

function isImagePath(state: StageState, text: string): boolean {
  if (!text.startsWith("/")) return false;
  return systemPath.test(text) || findOrigin(text, state.copies)?.path !== undefined;
}

/** What a server of static files serves, and what the command starts. */
function handledTargets(state: StageState, command: string): readonly string[] {
  const targets = state.copies.map(({ target }) => target);
  const isStatic = state.stage.image.runtime?.toolchain === "static";
  return targets.filter((target) => isStatic || command.includes(target));
}

/** Returns the command as the image has it. */
function convertProcess(draft: Draft, state: StageState, builders: readonly StageState[]): string {
  const image = [state.entrypoint, state.command].map((part) => part?.text ?? "").join(" ");
  convertStart(draft, { state, builders });
  return image;
}

function convertStart(draft: Draft, origins: Origins): void {
  const { state } = origins;
  const started = startCommand(draft, origins);
  if (started === undefined) {
    const reason = `it is that of the image ${state.stage.reference || "named by FROM"}; write [run] start where the template has none`;
    draft.warn("there is no CMD and no ENTRYPOINT", reason, state.stage.from.place);
    return;
  }
  const { place } = started;
  const ports = convertPorts(draft, state);
  const shown = typeof started.command === "string" ? started.command : started.command.join(" ");
  draft.fact("command", shown, place);
  if (/^(?:nginx|httpd-foreground|apache2-foreground|apachectl|caddy)\b/.test(shown)) {
    const reason = "the router stands in front of the app; a web server of its own is not needed";
    draft.warn(`the command ${shown} is not carried over`, reason, place);
    return;
  }
  const command = usePlatformPort(draft, { command: started.command, ports, place });
  notePort(draft, state, command);
  draft.worker("web", { command }, place);
  if (state.stopSignal === undefined) return;
  const signal = stopSignal(state.stopSignal.text);
  if (signal !== undefined) {
    draft.worker("web", { "stop-signal": signal }, state.stopSignal.place);
    return;
  }
  const reason = "a process can be stopped with TERM, INT, QUIT, HUP, USR1, USR2 or WINCH";
  draft.warn(
    `STOPSIGNAL ${state.stopSignal.text} is not carried over`,
    reason,
    state.stopSignal.place,
  );
}

/** A port that the command does not name stands in the app or its settings. */
function notePort(draft: Draft, state: StageState, command: Command): void {
  const [first] = state.ports;
  const text = typeof command === "string" ? command : command.join(" ");
  if (first === undefined || /\$\{?PORT\b/.test(text)) return;
  const reason = "each process gets an address of its own: make it listen on $BIND_ADDRESS:$PORT";
  draft.warn(`the port ${first.text} is not carried over`, reason, first.place);
}

function convertPorts(draft: Draft, state: StageState): readonly number[] {
  const ports: number[] = [];
  for (const { text, place } of state.ports) {
    const match = /^(\d{1,5})(?:\/(tcp|udp))?$/i.exec(text);
    const port = Number(match?.[1]);
    if (match === null || port < 1 || port > 65_535) {
      draft.warn(`EXPOSE ${text} is not carried over`, "it is no port", place);
    } else if (match[2]?.toLowerCase() === "udp") {
      draft.warn(`EXPOSE ${text} is not carried over`, "only HTTP is routed", place);
    } else {
      ports.push(port);
      draft.port(port);
      draft.fact("port", String(port), place);
    }
  }
  if (ports.length > 1) {
    const reason = "only HTTP is routed, to one port; [[ports]] is for other endpoints";
    const place = state.ports[1]?.place ?? state.stage.from.place;
    draft.warn(`the ports after ${ports[0]} are not carried over`, reason, place);
  }
  return ports;
}

function convertSurroundings(draft: Draft, state: StageState): void {
  if (state.healthcheck !== undefined) convertHealthcheck(draft, state.healthcheck);
  for (const [index, { text, place }] of state.volumes.entries()) {
    draft.volume(text, index === 0 ? "data" : `data-${index + 1}`);
    draft.fact("volume", text, place);
  }
  if (state.user === undefined || /^(?:root|0)(?::|$)/.test(state.user.text)) return;
  const reason = "each app runs under a user of its own";
  draft.warn(`USER ${state.user.text} is not carried over`, reason, state.user.place);
}
