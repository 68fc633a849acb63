export { appJsonConverter } from "./app-json/converter.ts";
export * from "./combine.ts";
export * from "./conversion.ts";
export * from "./print-toml.ts";
export * from "./registry.ts";
