import type { Place } from "../../errors.ts";
import type { Draft } from "../draft.ts";
import type { Runtime } from "../runtimes.ts";
import { classify, runtimeOf } from "./classify.ts";
import type { Outcome } from "./outcome.ts";
import { absolutePath, findOrigin } from "./paths.ts";
import { splitScript } from "./shell.ts";
import type { Run, StageState } from "./state.ts";
import { quote, splitWords } from "./words.ts";

/** What the RUN instructions of a stage tell of the language. */
export interface FoundRuntime {
  readonly runtime: Runtime;
  readonly outcome: Outcome;
}

/** Takes over the RUN instructions of a stage; returns the languages that they are of. */
export function convertRuns(draft: Draft, state: StageState): readonly FoundRuntime[] {
  return state.runs.flatMap((run) => convertRun(draft, state, run));
}

function convertRun(draft: Draft, state: StageState, run: Run): readonly FoundRuntime[] {
  const commands = splitScript(run.script);
  if (commands === undefined) {
    const script = run.script.replace(/\s*\n\s*/g, "\n").trim();
    draft.step("build", script);
    const reason = "it has conditions, loops or pipes, so its parts cannot be judged";
    draft.warn("a RUN is taken over as a whole", reason, run.place);
    return [];
  }
  const found: FoundRuntime[] = [];
  let { workdir } = run;
  for (const command of commands) {
    const directory = /^cd\s+(\S+)$/.exec(command)?.[1];
    if (directory !== undefined) {
      workdir = absolutePath(directory, workdir);
      continue;
    }
    const outcome = classify(command);
    const runtime = runtimeOf(outcome);
    if (runtime !== undefined) found.push({ runtime, outcome });
    convertOutcome({ draft, state, workdir, place: run.place }, command, outcome);
  }
  return found;
}

interface Step {
  readonly draft: Draft;
  readonly state: StageState;
  readonly workdir: string;
  readonly place: Place;
}

function convertOutcome(step: Step, command: string, outcome: Outcome): void {
  const { draft, place } = step;
  switch (outcome.kind) {
    case "noise":
      return;
    case "packages":
      addPackages(step, outcome.names, outcome.from);
      return;
    case "runtime":
      draft.fact(outcome.runtime, command, place);
      return;
    case "build":
      draft.step("build", inDirectory(step, command));
      draft.fact("build", command, place);
      return;
    case "refused":
      draft.warn(`RUN ${command} is not carried over`, outcome.reason, place);
      return;
  }
}

function addPackages({ draft, place }: Step, names: readonly string[], from: string): void {
  const known = names.filter((name) => /^[\w.+-]+$/.test(name));
  const unknown = names.filter((name) => !known.includes(name));
  for (const name of known) draft.package(name);
  if (known.length > 0) {
    const reason = `names are those of ${from}; hop3 packages search shows those of the set`;
    const shown =
      known.length === 1 ? `package ${known[0]} is` : `packages ${known.join(", ")} are`;
    draft.warn(`the ${shown} taken over by name`, reason, place);
    draft.fact("packages", known.join(" "), place);
  }
  if (unknown.length > 0) {
    const reason = "these are no plain names of packages";
    draft.warn(`${unknown.join(", ")} is not carried over`, reason, place);
  }
}

/** The command where it belongs: relative to the root of the app, not to that of the image. */
function inDirectory({ state, workdir }: Step, command: string): string {
  const isTree = /^\//;
  const words = splitWords(command).map((word) => {
    if (!isTree.test(word) || !/^[\w@%+.,/-]+$/.test(word)) return word;
    const origin = findOrigin(word, state.copies);
    return origin?.stage === undefined && origin !== undefined ? `./${origin.path}` : word;
  });
  const text = words.join(" ");
  const directory = findOrigin(workdir, state.copies);
  if (directory === undefined || directory.path === "." || directory.stage !== undefined)
    return text;
  return looksLikeFile(directory.path) ? text : `cd ${quote(directory.path)} && ${text}`;
}

/** `COPY package.json /app` names a file, and /app is then no directory of the app. */
function looksLikeFile(path: string): boolean {
  return /\.[a-z]+$/.test(path) || path.includes("*");
}
