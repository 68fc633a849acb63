export { readAppJson } from "./app-json/read.ts";
export * from "./combine.ts";
export * from "./conversion.ts";
export * from "./fit-template.ts";
export * from "./print-toml.ts";
export * from "./registry.ts";
