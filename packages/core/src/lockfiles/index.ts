export * from "./bench.ts";
export * from "./hop3-lock.ts";
export { lockfileKinds } from "./kinds.ts";
export * from "./lockfile.ts";
export * from "./lockfile-errors.ts";
export * from "./pick-from-index.ts";
export * from "./read-lockfile.ts";
export * from "./registry-url.ts";
export * from "./target.ts";
