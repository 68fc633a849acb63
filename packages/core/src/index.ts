export * from "./api/contract.ts";
export * from "./artifact/build-artifact.ts";
export * from "./artifact/runtime-config.ts";
export * from "./deploy/timeline.ts";
export * from "./errors.ts";
export * from "./names.ts";
export * from "./plan/plan.ts";
export * from "./nearest.ts";
