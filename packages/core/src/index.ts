export * from "./api/index.ts";
export * from "./artifact/build-artifact.ts";
export * from "./artifact/release-settings.ts";
export * from "./artifact/runtime-config.ts";
export * from "./artifact/stored-artifact.ts";
export * from "./artifact/verification.ts";
export * from "./base.ts";
export * from "./catalogue/answer-inputs.ts";
export * from "./catalogue/catalogue-errors.ts";
export * from "./catalogue/index-file.ts";
export * from "./catalogue/load-recipe.ts";
export * from "./catalogue/recipe.ts";
export * from "./config/computed.ts";
export * from "./config/hash.ts";
export * from "./config/load.ts";
export { NixSection } from "./config/nix-section.ts";
export * from "./config/schema.ts";
export {
  configDefaults,
  Duration,
  Generated,
  MergePolicy,
  PositiveDuration,
  parseDuration,
} from "./config/values.ts";
export * from "./convert/index.ts";
export * from "./encode/dotenv.ts";
export * from "./encode/encode-errors.ts";
export * from "./encode/ini.ts";
export { encodeJson } from "./encode/json.ts";
export type { JsonObject, JsonValue } from "./encode/json-value.ts";
export * from "./encode/php.ts";
export * from "./encode/shell.ts";
export * from "./encode/toml.ts";
export * from "./encode/yaml.ts";
export * from "./generate/eject.ts";
export * from "./generate/export.ts";
export * from "./generate/generate.ts";
export * from "./lockfiles/index.ts";
export * from "./names.ts";
export type {
  AttrName,
  BinaryOperator,
  Binding,
  NixExpr,
  StringPart,
} from "./nix/ast.ts";
export { type BindingsInput, nix } from "./nix/build.ts";
export { isIdentifier } from "./nix/names.ts";
export { printNix, printNixFile } from "./nix/print.ts";
export * from "./nix/text-file.ts";
export * from "./plan/builders.ts";
export * from "./plan/built-in.ts";
export * from "./plan/check-lockfiles.ts";
export * from "./plan/deploy-settings.ts";
export * from "./plan/image-files.ts";
export * from "./plan/local-plan.ts";
export * from "./plan/make-plan.ts";
export * from "./plan/merge.ts";
export * from "./plan/parts.ts";
export * from "./plan/plan.ts";
export * from "./plan/plan-errors.ts";
export * from "./plan/plan-files.ts";
export * from "./plan/tier.ts";
export * from "./source/filter.ts";
export * from "./source/procfile.ts";
export * from "./source/secret-scan.ts";
export * from "./source/source-errors.ts";
export * from "./source/tree.ts";
export * from "./templates/answer.ts";
export { tomcatServerXml, unpackWar } from "./templates/java-war/tomcat.ts";
export { javaBuildFlags } from "./templates/java-wrapper.ts";
export { phpExtensionsOf } from "./templates/php-app/composer.ts";
export * from "./templates/registry.ts";
export * from "./templates/select-template.ts";
export * from "./templates/template.ts";
export * from "./toolchains/registry.ts";
export * from "./toolchains/select-toolchains.ts";
export * from "./toolchains/toolchain.ts";
