export * from "./api/index.ts";
export * from "./artifact/build-artifact.ts";
export * from "./artifact/release-settings.ts";
export * from "./artifact/runtime-config.ts";
export * from "./base.ts";
export * from "./config/computed.ts";
export * from "./config/hash.ts";
export * from "./config/load.ts";
export * from "./config/schema.ts";
export {
  configDefaults,
  Duration,
  Generated,
  MergePolicy,
  parseDuration,
} from "./config/values.ts";
export * from "./names.ts";
export * from "./plan/builders.ts";
export * from "./plan/deploy-settings.ts";
export * from "./plan/make-plan.ts";
export * from "./plan/merge.ts";
export * from "./plan/plan.ts";
export * from "./plan/plan-errors.ts";
export * from "./source/filter.ts";
export * from "./source/procfile.ts";
export * from "./source/secret-scan.ts";
export * from "./source/source-errors.ts";
export * from "./source/tree.ts";
