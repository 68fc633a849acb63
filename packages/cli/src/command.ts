export type { Answer, ArgumentSpec, OptionSpec, ValueKind } from "@hop3/core/plugin";
export type { CommandSpec } from "./context.ts";
