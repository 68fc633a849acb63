import { defineError, ExitCode } from "@hop3/core";

export const pluginSpecInvalid = defineError<{ spec: string }>({
  code: "PLUGIN_SPEC_INVALID",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ spec }) => `'${spec}' is no name of a package, and no https address of a tarball`,
  hint: () => "For example: hop3-perl, @me/hop3-perl@1.2.0, https://example.org/hop3-perl.tgz",
});

/** Nothing has changed where this happens. */
export const pluginNotInstalled = defineError<{ spec: string; reason: string; output?: string }>({
  code: "PLUGIN_NOT_INSTALLED",
  exitCode: ExitCode.plugin,
  status: 422,
  message: ({ spec, reason }) => `${spec} was not installed: ${reason}`,
  hint: () => "Plug-ins that were there before are as they were: hop3 plugins list",
  detail: ({ output }) => output,
});

export const pluginNotRemoved = defineError<{ name: string; reason: string; output: string }>({
  code: "PLUGIN_NOT_REMOVED",
  exitCode: ExitCode.plugin,
  status: 500,
  message: ({ name, reason }) => `the plug-in ${name} was not removed: ${reason}`,
  hint: () => "Look at package.json in HOP3_HOME/plugins; npm has to understand it",
  detail: ({ output }) => output,
});

export const pluginConfigured = defineError<{ name: string; dir: string }>({
  code: "PLUGIN_CONFIGURED",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ name, dir }) =>
    `${name} is not installed but loaded from ${dir}, as server.toml says`,
  hint: ({ dir }) => `Take ${dir} out of [plugins] load in server.toml`,
});
