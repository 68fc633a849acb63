import { defineError, ExitCode } from "@hop3/core";

export const addonNotReady = defineError<{
  name: string;
  type: string;
  seconds: number;
  reason: string;
  log: string;
}>({
  code: "ADDON_NOT_READY",
  exitCode: ExitCode.deployFailed,
  status: 422,
  message: ({ name, type, seconds, reason }) =>
    `the addon '${name}' (${type}) did not answer within ${seconds} s: ${reason}`,
  hint: ({ log }) =>
    `${log === "" ? "Its plug-in has to say why" : "Its last output says more"}; what it has made is kept, and the next deploy goes on with it`,
  detail: ({ log }) => (log === "" ? undefined : log),
});

export const addonTypeChanged = defineError<{
  app: string;
  name: string;
  found: string;
  wanted: string;
}>({
  code: "ADDON_TYPE_CHANGED",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ app, name, found, wanted }) =>
    `the addon '${name}' of ${app} is a ${found} and cannot become a ${wanted}`,
  hint: ({ app, name }) =>
    `Give the new one another name, or remove the old one with all that it holds: hop3 addons destroy ${app} ${name}`,
  place: () => ({ file: "hop3.toml" }),
});

export const addonVariableMissing = defineError<{
  variable: string;
  addon: string;
  key: string;
  known: readonly string[];
}>({
  code: "ADDON_VARIABLE_MISSING",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ variable, addon, key }) =>
    `[env] ${variable} asks the addon '${addon}' for ${key}, which it does not have`,
  hint: ({ known }) => (known.length === 0 ? "It has none" : `It has ${known.join(", ")}`),
  place: () => ({ file: "hop3.toml" }),
});

export const addonNotFound = defineError<{ app: string; name: string; known: readonly string[] }>({
  code: "ADDON_NOT_FOUND",
  exitCode: ExitCode.notFound,
  status: 404,
  message: ({ app, name }) => `${app} has no addon '${name}'`,
  hint: ({ app, known }) =>
    known.length === 0
      ? "It has none: a deploy makes those of [[addons]] in hop3.toml"
      : `It has ${known.join(", ")}; see: hop3 addons ${app}`,
});

export const addonInUse = defineError<{ name: string; reason: string }>({
  code: "ADDON_IN_USE",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ name, reason }) => `the addon '${name}' cannot be destroyed: ${reason}`,
  hint: () => "Take it out of [[addons]] in hop3.toml and deploy first",
});

export const addonUnprovided = defineError<{ name: string; type: string }>({
  code: "ADDON_UNPROVIDED",
  exitCode: ExitCode.plugin,
  status: 409,
  message: ({ name, type }) =>
    `no plug-in of this server provides '${type}' any more, so nothing can be done with the addon '${name}'`,
  hint: () => "Bring it back (hop3 plugins add), and start the server again; hop3 plugins list",
});

export const addonWithoutBackup = defineError<{
  name: string;
  type: string;
  plugin: string;
  hook: "backup" | "restore";
}>({
  code: "ADDON_WITHOUT_BACKUP",
  exitCode: ExitCode.plugin,
  status: 422,
  message: ({ name, type, plugin, hook }) =>
    `the plug-in ${plugin} has no ${hook} for '${type}', so there is none for the addon '${name}'`,
  hint: () => "Use the tools of the service itself: hop3 run starts a program with its variables",
});
