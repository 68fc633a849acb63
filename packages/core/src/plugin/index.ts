/**
 * `@hop3/core/plugin`: the contracts between the rooms, which are also what a plug-in is written
 * against. They have a tsconfig with Node's types, because they speak of signals and streams.
 */
export * from "./addon.ts";
export * from "./blocks.ts";
export * from "./builder.ts";
export * from "./check.ts";
export * from "./collect.ts";
export * from "./command.ts";
export * from "./guard.ts";
export * from "./host.ts";
export * from "./listen-address.ts";
export * from "./plugin.ts";
export * from "./plugin-errors.ts";
export * from "./router.ts";
export * from "./run.ts";
export * from "./supervisor.ts";
export * from "./toolchain.ts";
