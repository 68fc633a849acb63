import type { Place } from "../../errors.ts";
import type { Instruction } from "./lex.ts";
import type { Copied } from "./paths.ts";
import type { Stage } from "./stages.ts";

/** A command in one of Docker's two forms. */
export interface ImageCommand {
  readonly words: readonly string[] | undefined;
  readonly text: string;
  readonly place: Place;
}

export interface Run {
  readonly script: string;
  readonly workdir: string;
  readonly place: Place;
}

export interface PlacedText {
  readonly text: string;
  readonly place: Place;
}

/** The state of an image at the end of a stage. */
export interface StageState {
  readonly stage: Stage;
  workdir: string;
  user: PlacedText | undefined;
  command: ImageCommand | undefined;
  entrypoint: ImageCommand | undefined;
  healthcheck: Instruction | undefined;
  stopSignal: PlacedText | undefined;
  readonly env: Map<string, PlacedText>;
  readonly labels: Map<string, PlacedText>;
  readonly ports: PlacedText[];
  readonly volumes: PlacedText[];
  readonly copies: (Copied & { readonly place: Place })[];
  readonly runs: Run[];
  /** What is understood and cannot be carried over. */
  readonly lost: { readonly message: string; readonly reason: string; readonly place: Place }[];
}

/** A stage before its first instruction. */
export function emptyState(stage: Stage): StageState {
  return {
    stage,
    workdir: "/",
    user: undefined,
    command: undefined,
    entrypoint: undefined,
    healthcheck: undefined,
    stopSignal: undefined,
    env: new Map(),
    labels: new Map(),
    ports: [],
    volumes: [],
    copies: [],
    runs: [],
    lost: [],
  };
}
