/** What needs no schema library, which takes longer to load than most commands take to run. */
export * from "./errors.ts";
export * from "./limits.ts";
export {
  appOfPreview,
  isBranchName,
  isDomainName,
  isVariableName,
  parseAppName,
  suggestAppName,
} from "./name-rules.ts";
export * from "./nearest.ts";
export * from "./terminal-text.ts";
