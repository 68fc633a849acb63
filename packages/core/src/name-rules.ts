import { defineError, ExitCode } from "./errors.ts";

/** The rules of names.ts as plain patterns, for whoever has no schema at hand. */

/**
 * Lower case letters, digits and hyphens; starts with a letter; 2 to 64 characters (config.md, `[metadata] id`). Two
 * hyphens stand between an app and what a preview of it is called: no other app can have that name. `xn--` begins what
 * browsers read as another alphabet.
 */
export const appNamePattern =
  /^(?!xn--)(?=.{2,64}$)[a-z](?:[a-z0-9]|-(?=[a-z0-9]))+(?:--[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9]))*)?$/;

/** The app that a preview shows a branch of; undefined for what is no preview. */
export function appOfPreview(name: string): string | undefined {
  const at = name.indexOf("--");
  return at === -1 ? undefined : name.slice(0, at);
}

export const maxDomainLength = 253;
/** The last part is no number, nor one in hexadecimal: browsers take such names for IP addresses. */
export const domainPattern =
  /^(?!(?:.*\.)?(?:\d+|0x[0-9a-f]*)$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;

export const variablePattern = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

/** What a plug-in calls a kind of backing service. */
export const addonTypePattern = /^[a-z][a-z0-9-]{0,30}$/;

/** Name of an addon within its App: becomes a directory. */
export const addonNamePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$/;

/** A branch as git allows it, short of what no sane branch is called. */
export const branchPattern =
  /^(?!.*(?:\.\.|\/\/|@\{|\.lock(?:\/|$)|\/\.|\.$))[A-Za-z0-9_][A-Za-z0-9_./@+#-]{0,199}(?<!\/)$/;

/** What the schema BranchName accepts. */
export function isBranchName(text: string): boolean {
  return branchPattern.test(text);
}

/** What the schema DomainName accepts. */
export function isDomainName(text: string): boolean {
  return text.length <= maxDomainLength && domainPattern.test(text);
}

/** What the schema VariableName accepts. */
export function isVariableName(text: string): boolean {
  return variablePattern.test(text);
}

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
export function parseAppName(name: string): string {
  if (!appNamePattern.test(name)) throw badAppName({ name });
  return name;
}
