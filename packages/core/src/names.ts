import { z } from "zod";
import { defineError, ExitCode } from "./errors.ts";

/** Lower case letters, digits and hyphens; starts with a letter; 2 to 64 characters (config.md, `[metadata] id`). */
export const AppName = z.string().regex(/^[a-z](?:[a-z0-9]|-(?=[a-z0-9])){1,63}$/);
export type AppName = z.infer<typeof AppName>;

/** Name of a worker: becomes a directory and part of a haproxy server name. */
export const WorkerName = z.string().regex(/^[a-z](?:[a-z0-9_-]){0,30}$/i);
export type WorkerName = z.infer<typeof WorkerName>;

/** A host name as the Router matches it: lower case, no port, no wildcard, no trailing dot. */
export const DomainName = z
  .string()
  .max(253)
  .regex(/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/);
export type DomainName = z.infer<typeof DomainName>;

/** Name of an environment variable that a user may set. */
export const VariableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/);
export type VariableName = z.infer<typeof VariableName>;

export const badAppName = defineError<{ name: string }>({
  code: "APP_NAME_INVALID",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ name }) => `'${name}' cannot be the name of an app`,
  hint: ({ name }) =>
    `Use 2 to 64 lower case letters, digits and single hyphens, starting with a letter, for example --app ${suggestAppName(name)}`,
});

/** The nearest allowed app name: what a directory called `My App` becomes. */
export function suggestAppName(text: string): string {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, 64)
    .replace(/-+$/, "");
  return name.length >= 2 ? name : "my-app";
}

/** Returns the name, or fails with the rule and a suggestion. */
export function parseAppName(name: string): AppName {
  if (!AppName.safeParse(name).success) throw badAppName({ name });
  return name;
}
