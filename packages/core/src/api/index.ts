/** What crosses the HTTP API, without the rest of core: a client has to read no plan. */
export * from "../artifact/verification.ts";
export * from "../deploy/timeline.ts";
export * from "./contract.ts";
export * from "./nix-contract.ts";
