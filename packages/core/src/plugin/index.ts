/**
 * `@hop3/core/plugin`: the contracts between the rooms, which are also what a plug-in is written
 * against. They have a tsconfig with Node's types, because they speak of signals and streams.
 */
export type * from "./addon.ts";
export * from "./blocks.ts";
export * from "./builder.ts";
export type * from "./check.ts";
export * from "./collect.ts";
export type * from "./command.ts";
export * from "./guard.ts";
export type * from "./host.ts";
export * from "./listen-address.ts";
export * from "./plugin.ts";
export * from "./plugin-errors.ts";
export type * from "./router.ts";
export type * from "./run.ts";
export type * from "./supervisor.ts";
export type * from "./toolchain.ts";
