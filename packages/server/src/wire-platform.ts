import { realpath } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Check, Plugin } from "@hop3/core/plugin";
import { makeDockerBuilder } from "./build/docker/docker-builder.ts";
import type { LocalBuilderParts } from "./build/local/local-build.ts";
import { makeLocalBuilder } from "./build/local/local-builder.ts";
import { makeNixBuilder } from "./build/nix-builder.ts";
import type { NixBuilderParts } from "./build/nix-builder-parts.ts";
import { ensureDataPlane } from "./data-plane.ts";
import { makeAddonStore } from "./db/addons.ts";
import { makeAppStore } from "./db/apps.ts";
import type { Database } from "./db/database.ts";
import { makeDeploymentStore } from "./db/deployments.ts";
import { makeProcessStore } from "./db/processes.ts";
import { makeReleaseStore } from "./db/releases.ts";
import type { Platform } from "./deploy/platform.ts";
import { baseUid } from "./deploy/process-spec.ts";
import { openFittingVault } from "./deploy/stored-config.ts";
import { makeTimelines } from "./deploy/timelines.ts";
import { makeChecks } from "./doctor.ts";
import type { Home } from "./home.ts";
import type { Address } from "./http/listen.ts";
import { makeNixClient } from "./nix/client.ts";
import { type LockedTree, lockTree } from "./nix/locked-tree.ts";
import { findNixDir } from "./nix/nix-dir.ts";
import { makeEvents } from "./observe/events.ts";
import type { Log } from "./observe/log.ts";
import { makeMetrics } from "./observe/metrics.ts";
import type { Packages } from "./packages/packages.ts";
import { makeServerPlugin } from "./plugins/built-in.ts";
import { type Plugins, wirePlugins } from "./plugins/wire-plugins.ts";
import { makeRegistries, type Registries } from "./registries/registries.ts";
import { makeHaproxyRouter } from "./route/haproxy-router.ts";
import { makeS6Supervisor } from "./run/s6-supervisor.ts";
import { makeServiceTree, type ServiceTree } from "./run/service-tree.ts";
import type { ServerSettings } from "./settings.ts";

export interface PlatformParts {
  readonly home: Home;
  readonly router: Address;
  readonly domain: string;
  readonly onPhase: Platform["onPhase"];
  readonly stopping: AbortSignal;
  readonly progress: (text: string) => void;
  readonly db: Database;
  readonly settings: ServerSettings;
  readonly log: Log;
  readonly packages: Packages;
  /** Those that were found and could be loaded, beside what is built in. */
  readonly plugins: readonly Plugin[];
}

/** Puts the real parts together: Nix, s6, haproxy, SQLite. The only place that knows them all. */
export async function wirePlatform(parts: PlatformParts): Promise<Platform> {
  const { home, router, db, settings, log, packages } = parts;
  const now = (): Date => new Date();
  const records = openRecords(db, now);
  const vault = openFittingVault(home.key, records.apps, records.releases);
  const tree = await lockTree(findNixDir());
  const binDir = await openDataPlane(parts, tree);
  const nix = makeNixClient({ shell: await realpath(join(binDir, "busybox")) });
  const isRoot = process.getuid?.() === 0;
  const registries = openRegistries(parts);
  const common = {
    nix,
    tree,
    packages: packages.of,
    nearestAttributes: packages.nearestAttributes,
    packagesOfLibrary: packages.packagesOfLibrary,
    registries,
    now,
    isRoot,
  };
  const services = makeServiceTree({ home, binDir });
  const checks = makeChecks({
    platform: () => platform,
    packageSet: async () => describeSet(await packages.current()),
  });
  const plugins = openPlugins(common, parts, { services, checks });
  const platform: Platform = {
    home,
    settings,
    ...records,
    vault,
    nix,
    registries,
    parts: plugins.parts,
    addons: plugins.addons,
    addonStore: makeAddonStore(db),
    checks: plugins.checks,
    builders: plugins.builders,
    supervisor: plugins.supervisor(settings.server.supervisor),
    router: plugins.router(settings.server.router),
    log,
    address: { domain: parts.domain, port: router.port },
    isolateUsers: isRoot,
    now,
    onPhase: parts.onPhase,
    stopping: parts.stopping,
  };
  return platform;
}

/** What is known and what is told: rows, timelines, events. */
function openRecords(db: Database, now: () => Date) {
  return {
    db,
    apps: makeAppStore(db),
    releases: makeReleaseStore(db),
    deployments: makeDeploymentStore(db),
    processes: makeProcessStore(db),
    timelines: makeTimelines(now),
    events: makeEvents({ now }),
    metrics: makeMetrics(),
  };
}

function describeSet({ name, pin }: { readonly name: string; readonly pin: string }): string {
  return `${name}, pinned at ${pin}`;
}

type CommonParts = Pick<
  NixBuilderParts,
  "nix" | "tree" | "packages" | "nearestAttributes" | "packagesOfLibrary" | "registries" | "now"
> &
  Pick<LocalBuilderParts, "isRoot">;

/** What is built in is a plug-in like the others, only that its makers reach all parts of the server. */
function openPlugins(
  common: CommonParts,
  parts: PlatformParts,
  { services, checks }: { readonly services: ServiceTree; readonly checks: readonly Check[] },
): Plugins {
  const { home, router, settings, log, stopping } = parts;
  const { sandbox, "allow-impure": allowImpure } = settings.policy;
  const { "max-apps": maxApps } = settings.server;
  const user = common.isRoot ? { uid: baseUid, gid: baseUid } : undefined;
  const own = makeServerPlugin({
    builders: {
      nix: () =>
        makeNixBuilder({ ...common, stateDir: home.dir, policy: { sandbox, allowImpure } }),
      local: () =>
        makeLocalBuilder({
          ...common,
          toolchains: () => plugins.toolchains,
          sandbox,
          workspaceDir: (app) => home.app(app).local,
        }),
      docker: () =>
        makeDockerBuilder({
          homeId: basename(home.runtimeDir),
          launchersDir: (app) => home.app(app).docker,
          now: common.now,
        }),
    },
    supervisors: { s6: () => makeS6Supervisor({ tree: services, routerGid: user?.gid }) },
    routers: {
      haproxy: () => makeHaproxyRouter({ tree: services, listen: router, maxApps, user }),
    },
    checks,
  });
  const plugins = wirePlugins(own, parts.plugins, {
    ...common,
    dir: home.pluginData,
    settings: settings.plugins.settings,
    sandbox,
    stopping,
    log,
  });
  return plugins;
}

/** The data plane is built without the shell that later builds get from it. */
async function openDataPlane(parts: PlatformParts, tree: LockedTree): Promise<string> {
  const { home, packages, progress, settings } = parts;
  return ensureDataPlane({
    home,
    nix: makeNixClient(),
    tree,
    packages: await packages.ensure(progress),
    sandbox: settings.policy.sandbox,
    onLine: progress,
  });
}

function openRegistries({ settings, home, stopping }: PlatformParts): Registries {
  const parts = { settings: settings.registries, home: home.dir, env: process.env };
  const registries = makeRegistries(parts);
  stopping.addEventListener("abort", () => registries.close(), { once: true });
  return registries;
}
