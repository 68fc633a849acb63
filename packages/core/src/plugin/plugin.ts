import type { Converter } from "../convert/conversion.ts";
import type { PlanBuilder } from "../plan/parts.ts";
import type { Template } from "../templates/template.ts";
import type { AddonProvider } from "./addon.ts";
import type { Builder } from "./builder.ts";
import type { Check } from "./check.ts";
import type { CommandContext, CommandSpec } from "./command.ts";
import type { PluginHost } from "./host.ts";
import type { Router } from "./router.ts";
import type { Supervisor } from "./supervisor.ts";
import type { LanguageToolchain } from "./toolchain.ts";

/** The pure half answers for the Plan, in the CLI too; `create` makes the half with effects, in the server alone. */
export interface BuilderPart extends PlanBuilder {
  create(host: PluginHost): Builder;
}

/** A supervisor that server.toml can choose. */
export interface SupervisorPart {
  /** What `[server] supervisor` of server.toml says. */
  readonly name: string;
  create(host: PluginHost): Supervisor;
}

/** A router that server.toml can choose. */
export interface RouterPart {
  /** What `[server] router` of server.toml says. */
  readonly name: string;
  create(host: PluginHost): Router;
}

/** Everything a plug-in can add. What is built in is added by the same call. */
export interface Plugin<Ctx = CommandContext> {
  /** As in its package.json, or a name of its own: `[a-z][a-z0-9-]*`. */
  readonly name: string;
  readonly builders?: readonly BuilderPart[];
  readonly toolchains?: readonly LanguageToolchain[];
  readonly templates?: readonly Template[];
  readonly addons?: readonly AddonProvider[];
  readonly supervisors?: readonly SupervisorPart[];
  readonly routers?: readonly RouterPart[];
  readonly commands?: readonly CommandSpec<Ctx>[];
  readonly checks?: readonly Check[];
  readonly converters?: readonly Converter[];
}

/** The default export of a plug-in's module. */
export function definePlugin<Ctx = CommandContext>(plugin: Plugin<Ctx>): Plugin<Ctx> {
  return plugin;
}
