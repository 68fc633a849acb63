import type { PluginHost } from "./host.ts";
import type { Argv } from "./run.ts";

/** One `[[addons]]` entry of an App, as its provider sees it. */
export interface AddonRequest {
  readonly app: string;
  /** Unique within the App; the type where hop3.toml gives no name. */
  readonly name: string;
  readonly version: string | undefined;
  /** A directory of its own, kept as long as the addon. What `create` and `restore` leave there is given to the App's user. */
  readonly dataDir: string;
  /** On tmpfs, empty after a reboot: for sockets. Shorter than 80 bytes, as the system wants it. */
  readonly runtimeDir: string;
  readonly signal: AbortSignal;
}

/** A program that serves the addon; the Supervisor keeps it up, with the rights of the App. */
export interface AddonProcess {
  readonly argv: Argv;
  readonly env?: Readonly<Record<string, string>>;
  readonly stopSignal?: string;
}

/** A backing service of Apps. Every call may come again after a failure and then finishes what is left. */
export interface AddonProvider {
  /** What `[[addons]] type` says, such as `redis`. */
  readonly type: string;
  /** Makes what the addon keeps, where it is not there yet. */
  create(request: AddonRequest, host: PluginHost): Promise<void>;
  /** What has to run for it; absent for a service that runs elsewhere. */
  process?(request: AddonRequest, host: PluginHost): Promise<AddonProcess>;
  /** Variables that the App's Processes get; they may hold secrets. Fails while nothing answers yet. */
  connection(request: AddonRequest, host: PluginHost): Promise<Readonly<Record<string, string>>>;
  /** Removes what `create` made outside of `dataDir`, which goes by itself. */
  destroy(request: AddonRequest, host: PluginHost): Promise<void>;
  /** Writes all that the addon holds into one file. */
  backup?(request: AddonRequest, file: string, host: PluginHost): Promise<void>;
  /** Replaces all that it holds with what `backup` wrote. The process runs meanwhile and is started anew afterwards. */
  restore?(request: AddonRequest, file: string, host: PluginHost): Promise<void>;
}

/** A provider, and the host that its calls want. */
export interface HostedAddon {
  /** Name of the plug-in, for the text of its failures. */
  readonly plugin: string;
  readonly provider: AddonProvider;
  readonly host: PluginHost;
}
