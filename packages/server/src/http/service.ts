import type { DoctorCheck, PackageFound, PackageSetInfo, ServerInfo } from "@hop3/core";
import type { Accounts } from "../accounts/accounts.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import type { Deployer } from "../deploy/deployer.ts";
import type { Platform } from "../deploy/platform.ts";
import type { GitServer } from "../git/git-server.ts";
import type { Hooks } from "../hooks/hooks.ts";
import type { Incoming } from "../hooks/incoming.ts";
import type { Notify } from "../hooks/notify.ts";
import type { PluginInstaller } from "../plugins/install.ts";

/** What the routes call. Each is a function with data in and out; none knows HTTP. */
export interface Service {
  readonly platform: Platform;
  readonly deployer: Deployer;
  readonly accounts: Accounts;
  readonly git: GitServer;
  readonly hooks: Hooks;
  readonly notify: Notify;
  /** What forges send. */
  readonly incoming: Incoming;
  /** Where people reach this server: the beginning of links that are handed out. */
  readonly origin: string;
  readonly plugins: PluginInstaller;
  readonly catalogue: Catalogue;
  info(): Promise<ServerInfo>;
  doctor(): Promise<readonly DoctorCheck[]>;
  packageInfo(): Promise<PackageSetInfo>;
  searchPackages(text: string): Promise<readonly PackageFound[]>;
  updatePackages(onLine: (text: string) => void): Promise<PackageSetInfo>;
  /** Begins to stop the server; `all` takes the data plane along. */
  stop(all: boolean): void;
}
