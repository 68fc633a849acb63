export { readAppJson } from "./app-json/read.ts";
export * from "./combine.ts";
export * from "./conversion.ts";
export { requestPath } from "./dockerfile/healthcheck.ts";
export { lexDockerfile } from "./dockerfile/lex.ts";
export * from "./fit-template.ts";
export * from "./print-toml.ts";
export * from "./registry.ts";
