import { z } from "zod";
import { appNamePattern, domainPattern, maxDomainLength, variablePattern } from "./name-rules.ts";

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
