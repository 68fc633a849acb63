import { z } from "zod";
import {
  addonNamePattern,
  addonTypePattern,
  appNamePattern,
  branchPattern,
  domainPattern,
  maxDomainLength,
  variablePattern,
} from "./name-rules.ts";

export const AppName = z.string().regex(appNamePattern);
export type AppName = z.infer<typeof AppName>;

/** Name of a worker: becomes a directory and part of a haproxy server name. */
export const WorkerName = z.string().regex(/^[a-z](?:[a-z0-9_-]){0,30}$/i);
export type WorkerName = z.infer<typeof WorkerName>;

/** A host name as the Router matches it: lower case, no port, no wildcard, no trailing dot. */
export const DomainName = z.string().max(maxDomainLength).regex(domainPattern);
export type DomainName = z.infer<typeof DomainName>;

/** Name of an environment variable that a user may set. */
export const VariableName = z.string().regex(variablePattern);
export type VariableName = z.infer<typeof VariableName>;

export const AddonType = z.string().regex(addonTypePattern, {
  error:
    "cannot be a kind of service: lower case letters, digits and hyphens, starting with a letter, at most 31",
});
export type AddonType = z.infer<typeof AddonType>;

export const AddonName = z.string().regex(addonNamePattern, {
  error:
    "cannot be the name of an addon: letters, digits, '_', '.' and '-', starting with a letter or digit, at most 40",
});
export type AddonName = z.infer<typeof AddonName>;

export const BranchName = z.string().regex(branchPattern, "is not the name of a branch");
export type BranchName = z.infer<typeof BranchName>;
