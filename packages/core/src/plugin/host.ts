import type { RunRequest, RunResult } from "./run.ts";
import type { ToolSet } from "./toolchain.ts";

/** What the server offers to a plug-in. */
export interface PluginHost {
  /** A directory of its own that lasts: HOP3_HOME/plugin-data/<name>. */
  readonly dataDir: string;
  /** `[plugins.settings.<name>]` of server.toml, unchecked. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** True where the server may act for other users. */
  readonly isRoot: boolean;
  now(): Date;
  log(level: "info" | "warning" | "error", text: string): void;
  /** Starts a program from an argument array and waits for its end; the only way to one. */
  run(request: RunRequest): Promise<RunResult>;
  /** Programs of the package set, built and rooted for this plug-in: `["redis"]`. */
  packages(attributes: readonly string[]): Promise<ToolSet>;
}
