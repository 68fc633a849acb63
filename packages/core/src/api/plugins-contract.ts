import { z } from "zod";
import { FailureData } from "../deploy/timeline.ts";

/** Shapes of /plugins. */

/** Names of what a plug-in brings, by kind. */
const PartNames = z.record(z.string(), z.array(z.string()).readonly());

export const PluginInfo = z.strictObject({
  /** Of its package. */
  name: z.string(),
  /** The name it gives itself, where it could be read. */
  plugin: z.string().optional(),
  version: z.string().optional(),
  dir: z.string(),
  /** Installed in HOP3_HOME/plugins, or named by `[plugins] load` of server.toml. */
  origin: z.enum(["home", "configuration"]),
  /** `added` and `removed` come true at the next start of the server. */
  state: z.enum(["ok", "broken", "added", "removed"]),
  adds: PartNames,
  /** Why it is broken. */
  code: z.string().optional(),
  reason: z.string().optional(),
});
export type PluginInfo = z.infer<typeof PluginInfo>;

export const PluginList = z.strictObject({ plugins: z.array(PluginInfo) });
export type PluginList = z.infer<typeof PluginList>;

/** A package by its name, `name@version`, or the https address of a tarball. */
export const PluginRequest = z.strictObject({ spec: z.string().min(1).max(2000) });
export type PluginRequest = z.infer<typeof PluginRequest>;

/** One line of the answer to an installation. */
export const PluginLine = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("log"), text: z.string() }),
  z.strictObject({ type: z.literal("end"), plugin: PluginInfo }),
  z.strictObject({ type: z.literal("failure"), failure: FailureData }),
]);
export type PluginLine = z.infer<typeof PluginLine>;

export const PluginRemoved = z.strictObject({
  plugin: PluginInfo,
  /** Apps whose current Release one of its parts has made; they go on running. */
  usedBy: z.array(z.strictObject({ app: z.string(), release: z.int(), part: z.string() })),
});
export type PluginRemoved = z.infer<typeof PluginRemoved>;
