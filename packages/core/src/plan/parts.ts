import type { Converter } from "../convert/conversion.ts";
import type { ChosenTemplate } from "../templates/select-template.ts";
import type { DetectQuestion, Template } from "../templates/template.ts";
import type { ChosenToolchain } from "../toolchains/select-toolchains.ts";
import type { ToolchainDetector } from "../toolchains/toolchain.ts";
import type { Considered } from "./plan.ts";

/** All that a Plan chooses from: what is built in, and what plug-ins add. Order is the order of asking. */
export interface PlanParts {
  readonly builders: readonly PlanBuilder[];
  readonly toolchains: readonly ToolchainDetector[];
  readonly templates: readonly Template[];
  readonly converters: readonly Converter[];
  /** Backing services that something of the server provides. */
  readonly addons: readonly ProvidedAddon[];
}

/** What a Plan knows of an AddonProvider. */
export interface ProvidedAddon {
  readonly type: string;
}

/** A tree that wants to be built, and what there is to build it with. */
export interface BuilderQuestion extends DetectQuestion {
  readonly parts: Pick<PlanParts, "templates" | "toolchains">;
}

/** A builder's answer to a tree. */
export interface Acceptance {
  readonly accepted: boolean;
  readonly reason: string;
  /** What the answer was made of, in the order of looking; for `hop3 plan --why`. */
  readonly considered?: readonly Considered[];
  /** Why there is no answer: what ends the Plan where no builder before this one is taken. */
  readonly failure?: unknown;
  /** Writes the expression where the project has none. */
  readonly template?: ChosenTemplate;
  /** Build what the local builder would build. */
  readonly toolchains?: readonly ChosenToolchain[];
}

/** What a Plan knows of a Builder: whether it would take a Source, and why. Building is the server's part. */
export interface PlanBuilder {
  readonly name: string;
  accept(question: BuilderQuestion): Acceptance;
}
