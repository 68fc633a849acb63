import type { Place } from "../../errors.ts";
import { type Instruction, type Keyword, parseExecForm } from "./lex.ts";
import { absolutePath, copyTargets } from "./paths.ts";
import { chainOf, findStage, type Pair, readPairs, type Stage, type Stages } from "./stages.ts";
import { emptyState, type ImageCommand, type StageState } from "./state.ts";
import { expandWord, splitWords } from "./words.ts";

/** Plays the instructions of a stage, those of the stages it goes on from first. */
export function evaluateStage(stages: Stages, stage: Stage): StageState {
  const state = emptyState(stage);
  const evaluation = new Evaluation(stages, state);
  for (const link of chainOf(stage)) evaluation.play(link);
  return state;
}

class Evaluation {
  private readonly stages: Stages;
  private readonly state: StageState;
  private stageHasCommand = false;
  private args = new Map<string, string>();
  private readonly handlers: Readonly<Record<Keyword, (instruction: Instruction) => void>> = {
    FROM: () => undefined,
    ARG: (instruction) => this.applyArguments(instruction),
    ENV: (instruction) => this.applyEnv(instruction),
    LABEL: ({ rest, place }) => {
      for (const { name, value = "" } of this.pairs(rest))
        this.state.labels.set(name, { text: value, place });
    },
    MAINTAINER: ({ rest, place }) => {
      this.state.labels.set("maintainer", { text: rest, place });
    },
    WORKDIR: ({ rest }) => {
      this.state.workdir = absolutePath(this.expand(rest), this.state.workdir);
    },
    USER: ({ rest, place }) => {
      this.state.user = { text: this.expand(rest), place };
    },
    EXPOSE: ({ rest, place }) => {
      for (const text of this.words(rest)) this.state.ports.push({ text, place });
    },
    VOLUME: ({ rest, place }) => {
      for (const text of parseExecForm(rest) ?? this.words(rest))
        this.state.volumes.push({ text: absolutePath(text, this.state.workdir), place });
    },
    STOPSIGNAL: ({ rest, place }) => {
      this.state.stopSignal = { text: this.expand(rest), place };
    },
    HEALTHCHECK: (instruction) => {
      this.state.healthcheck = instruction;
    },
    CMD: (instruction) => {
      this.state.command = toCommand(instruction);
    },
    ENTRYPOINT: (instruction) => {
      this.state.entrypoint = toCommand(instruction);
      // Docker forgets a CMD that came from below.
      if (!this.stageHasCommand) this.state.command = undefined;
    },
    RUN: (instruction) => this.applyRun(instruction),
    COPY: (instruction) => this.applyCopy(instruction),
    ADD: (instruction) => this.applyCopy(instruction),
    SHELL: (instruction) => this.lose(instruction, "commands run in the Release's own shell"),
    ONBUILD: (instruction) => this.lose(instruction, "there are no images to build from this one"),
  };

  constructor(stages: Stages, state: StageState) {
    this.stages = stages;
    this.state = state;
  }

  play(stage: Stage): void {
    // Arguments end with their stage, the environment does not.
    this.args = new Map();
    this.stageHasCommand = stage.instructions.some(({ keyword }) => keyword === "CMD");
    for (const instruction of stage.instructions) this.apply(instruction);
  }

  private apply(instruction: Instruction): void {
    this.noteFlags(instruction);
    this.handlers[instruction.keyword](instruction);
  }

  private noteFlags({ keyword, flags, place }: Instruction): void {
    if (keyword === "HEALTHCHECK") return;
    for (const [flag, value] of Object.entries(flags)) {
      const reason = flagReason(flag, value);
      if (reason === undefined) continue;
      const message = `${keyword} --${flag}${value === "" ? "" : `=${value}`} is not carried over`;
      this.state.lost.push({ message, reason, place });
    }
  }

  private lose({ keyword, rest, place }: Instruction, reason: string): void {
    this.state.lost.push({ message: `${keyword} ${rest} is not carried over`, reason, place });
  }

  private applyArguments({ rest, place }: Instruction): void {
    for (const { name, value } of this.pairs(rest)) {
      const known = value ?? this.stages.globals.get(name);
      if (known !== undefined) this.args.set(name, known);
      else if (!builtInArguments.has(name)) {
        const message = `the build argument ${name} has no value`;
        const reason = "a build has no arguments; where it is used it is empty";
        this.state.lost.push({ message, reason, place });
      }
    }
  }

  private applyEnv({ rest, place }: Instruction): void {
    const [first = ""] = splitWords(rest, this.stages.escapeChar);
    const pairs = first.includes("=") ? this.pairs(rest) : [this.oldPair(rest, first)];
    for (const { name, value = "" } of pairs) this.state.env.set(name, { text: value, place });
  }

  /** `ENV NAME the rest of the line`. */
  private oldPair(rest: string, name: string): Pair {
    return { name, value: this.expand(rest.slice(name.length).trim()) };
  }

  private applyRun({ rest, heredocs, place }: Instruction): void {
    const words = parseExecForm(rest);
    const isScript = heredocs.length > 0 && /^\d*<<-?["']?[\w.-]+["']?$/.test(rest.trim());
    const script = isScript ? heredocs.join("\n") : rest;
    const { workdir } = this.state;
    if (heredocs.length > 0 && !isScript) {
      const reason = "its input is a here-document; write the step as a script of the app";
      this.state.lost.push({ message: "a RUN is not carried over", reason, place });
    } else this.state.runs.push({ script: words?.join(" ") ?? script, workdir, place });
  }

  private applyCopy(instruction: Instruction): void {
    const { rest, flags, heredocs, place } = instruction;
    const words = parseExecForm(rest) ?? this.words(rest);
    const target = words.at(-1);
    if (target === undefined || words.length < 2) {
      this.lose(instruction, "it has no source or no target");
      return;
    }
    const isRemote = (source: string) => /^(?:https?:|git@)|\.git(?:#.*)?$/.test(source);
    const sources = words.slice(0, -1);
    const from = flags["from"];
    const stage = from === undefined ? undefined : findStage(this.stages.list, from);
    if (heredocs.length > 0) this.lose(instruction, "write the file into the repository");
    else if (sources.some(isRemote))
      this.lose(instruction, "a build has no network; fetch it with its hash in hop3.nix");
    else if (from !== undefined && stage === undefined)
      this.lose(instruction, `it comes from the image ${from}; take a package instead`);
    else this.addCopies({ sources, target, stage: stage?.index, place });
  }

  private addCopies(copy: NewCopy): void {
    const { sources, target, stage, place } = copy;
    const { workdir, copies } = this.state;
    const slash = target.endsWith("/") || target === "." ? "/" : "";
    const targets = copyTargets(sources, absolutePath(target, workdir).replace(/\/$/, "") + slash);
    for (const [index, source] of sources.entries()) {
      // The sources of another stage are paths of its image.
      const path = stage === undefined ? source : absolutePath(source, "/");
      copies.push({ source: path, target: targets[index] ?? target, stage, place });
    }
  }

  private pairs(rest: string): readonly Pair[] {
    return readPairs(rest, (name) => this.lookup(name), this.stages.escapeChar);
  }

  private words(rest: string): string[] {
    return splitWords(rest, this.stages.escapeChar).map((word) => this.expand(word));
  }

  private expand(text: string): string {
    return expandWord(text, (name) => this.lookup(name), this.stages.escapeChar);
  }

  private lookup(name: string): string | undefined {
    return this.state.env.get(name)?.text ?? this.args.get(name);
  }
}

function toCommand({ rest, place }: Instruction): ImageCommand {
  return { words: parseExecForm(rest), text: rest, place };
}

/** Why a flag has no meaning here; undefined where nothing is lost with it. */
function flagReason(flag: string, value: string): string | undefined {
  if (["from", "link", "platform"].includes(flag)) return undefined;
  if (flag === "mount" && value.includes("type=cache")) return undefined;
  if (flag === "mount" && /type=(?:secret|ssh)/.test(value)) {
    return "a build has no secrets; what it makes can be read by all users of the machine";
  }
  if (flag === "chown") return "each app runs under a user of its own";
  if (flag === "chmod") return "git keeps the executable bit; other rights of a Release are fixed";
  return "a build by Nix has no such setting";
}

interface NewCopy {
  readonly sources: readonly string[];
  readonly target: string;
  readonly stage: number | undefined;
  readonly place: Place;
}

/** Arguments that Docker knows by itself. */
const builtInArguments: ReadonlySet<string> = new Set([
  "TARGETPLATFORM",
  "TARGETOS",
  "TARGETARCH",
  "TARGETVARIANT",
  "BUILDPLATFORM",
  "BUILDOS",
  "BUILDARCH",
  "DEBIAN_FRONTEND",
]);
