import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "@hop3/core/plugin";
import { line } from "./blocks.ts";
import type { CommandSpec } from "./command.ts";
import type { Context } from "./context.ts";

export type PluginSurroundings = Pick<Context, "home" | "version" | "output">;

/** The plug-ins of the server of this machine, guarded. A broken one is named and left out. */
export async function loadLocalPlugins(from: PluginSurroundings): Promise<readonly Plugin[]> {
  const { home, version, output } = from;
  const dir = join(home, "plugins");
  const settings = join(home, "server.toml");
  // Whoever has none waits for nothing.
  if (!existsSync(dir) && !existsSync(settings)) return [];
  const { findConfigured, loadPlugins, partNames } = await import("@hop3/core/plugin-load");
  const configured = await findConfigured(settings);
  if (!existsSync(dir) && configured.length === 0) return [];
  const [{ builtInParts }, { guardPlugin }] = await Promise.all([
    import("@hop3/core"),
    import("@hop3/core/plugin"),
  ]);
  const owners = [{ name: "hop3", parts: partNames(builtInParts) }];
  const { plugins, problems } = await loadPlugins({
    dir,
    configured,
    owners,
    hop3Version: version,
  });
  output.notice(...problems.map(({ reason }) => warning(reason)));
  return plugins.map(({ plugin }) => guardPlugin(plugin));
}

const group = "Plug-ins:";

/** The tree with the commands of plug-ins behind its own. */
export async function withPluginCommands(
  tree: CommandSpec,
  from: PluginSurroundings,
): Promise<CommandSpec> {
  const plugins = await loadLocalPlugins(from);
  const own = tree.children ?? [];
  const names = new Set(own.map(({ name }) => name));
  const added: CommandSpec[] = [];
  for (const { name: plugin, commands = [] } of plugins) {
    for (const command of commands) {
      if (names.has(command.name)) {
        const text = `the plug-in ${plugin} has a command '${command.name}', which is hop3's own`;
        from.output.notice(warning(text));
      } else {
        added.push({ group, ...command });
      }
    }
  }
  return added.length === 0 ? tree : { ...tree, children: [...own, ...added] };
}

function warning(text: string) {
  return line({ text: "warning", tone: "warn" }, `  ${text}`);
}
