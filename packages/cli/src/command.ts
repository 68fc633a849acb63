import type { CommandSpec as Spec } from "@hop3/core/plugin";
import type { Context } from "./context.ts";

export type { Answer, ArgumentSpec, OptionSpec, ValueKind } from "@hop3/core/plugin";

/** A command of this program: it sees more of the world than one of a plug-in. */
export type CommandSpec = Spec<Context>;
