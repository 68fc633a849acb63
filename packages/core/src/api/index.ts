/** What crosses the HTTP API, without the rest of core: a client has to read no plan. */
export * from "../artifact/verification.ts";
export * from "../deploy/timeline.ts";
export * from "./accounts-contract.ts";
export * from "./addons-contract.ts";
export * from "./catalogue-contract.ts";
export * from "./contract.ts";
export * from "./events-contract.ts";
export * from "./git-contract.ts";
export * from "./hooks-contract.ts";
export * from "./metrics-contract.ts";
export * from "./nix-contract.ts";
export * from "./notify-contract.ts";
export * from "./permissions.ts";
export * from "./plugins-contract.ts";
export * from "./previews-contract.ts";
export * from "./store-contract.ts";
export * from "./upload-contract.ts";
