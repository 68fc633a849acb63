import { defineError, ExitCode } from "../errors.ts";

/** A call into a plug-in that loaded well. */
export const pluginFailed = defineError<{
  plugin: string;
  /** `toolchain 'perl'` */
  part: string;
  hook: string;
  reason: string;
}>({
  code: "PLUGIN_FAILED",
  exitCode: ExitCode.plugin,
  status: 500,
  message: ({ plugin, part, hook, reason }) =>
    `${part} of the plug-in ${plugin} failed in ${hook}: ${reason}`,
  hint: ({ plugin }) =>
    `Tell the author of ${plugin}; an app without it: hop3 plugins remove ${plugin}`,
});

/** No module, or one that cannot be imported. */
export const pluginNotLoaded = defineError<{ name: string; dir: string; reason: string }>({
  code: "PLUGIN_NOT_LOADED",
  exitCode: ExitCode.plugin,
  status: 422,
  message: ({ name, reason }) => `the plug-in ${name} cannot be loaded: ${reason}`,
  hint: ({ name, dir }) => `It lies in ${dir}; take it out with: hop3 plugins remove ${name}`,
});

/** A module whose default export is not a plug-in. */
export const pluginInvalid = defineError<{ name: string; dir: string; reason: string }>({
  code: "PLUGIN_INVALID",
  exitCode: ExitCode.plugin,
  status: 422,
  message: ({ name, reason }) => `${name} is not a plug-in as this version knows them: ${reason}`,
  hint: ({ dir }) => `Its module has to export definePlugin({ … }) as default; it lies in ${dir}`,
});

export const pluginVersion = defineError<{ name: string; range: string; version: string }>({
  code: "PLUGIN_VERSION",
  exitCode: ExitCode.plugin,
  status: 422,
  message: ({ name, range, version }) =>
    range === ""
      ? `the plug-in ${name} does not say which hop3 it is for`
      : `the plug-in ${name} is for hop3 ${range}, and this is ${version}`,
  hint: ({ range }) =>
    range === ""
      ? 'Its package.json has to name a range: "peerDependencies": { "hop3": "^0.1.0" }'
      : "Install a version of it that fits: hop3 plugins add <name>@<version>",
});

export const pluginNameTaken = defineError<{
  name: string;
  /** `toolchain 'perl'`, or `name 'perl'` for the plug-in's own. */
  part: string;
  /** Who has it already. */
  owner: string;
}>({
  code: "PLUGIN_NAME_TAKEN",
  exitCode: ExitCode.plugin,
  status: 409,
  message: ({ name, part, owner }) =>
    `the plug-in ${name} brings the ${part}, and so does ${owner}`,
  hint: ({ name }) => `Keep one of them: hop3 plugins remove ${name}`,
});

export const pluginNotFound = defineError<{ name: string; installed: readonly string[] }>({
  code: "PLUGIN_NOT_FOUND",
  exitCode: ExitCode.notFound,
  status: 404,
  message: ({ name }) => `no plug-in '${name}' is installed`,
  hint: ({ installed }) =>
    installed.length === 0
      ? "None is; see: hop3 plugins add --help"
      : `Installed: ${installed.join(", ")}`,
});
