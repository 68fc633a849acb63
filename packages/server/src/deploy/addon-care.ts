import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { type AddonInfo, withoutGaps } from "@hop3/core";
import type { HostedAddon } from "@hop3/core/plugin";
import type { AddonRecord } from "../db/addons.ts";
import type { App } from "../db/apps.ts";
import { run } from "../proc/run.ts";
import {
  addonDataDir,
  addonProcessId,
  addonRequest,
  giveToApp,
  heeding,
  type KnownAddon,
} from "./addon-calls.ts";
import { addonInUse, addonNotFound, addonUnprovided, addonWithoutBackup } from "./addon-errors.ts";
import { openVariables } from "./addon-variables.ts";
import { awaitVariables, inAddonTurn } from "./addons.ts";
import { currentRelease } from "./current-release.ts";
import type { Platform } from "./platform.ts";

/** The addons of an App as they are now. */
export function listAddons(platform: Platform, app: App): Promise<readonly AddonInfo[]> {
  return Promise.all(
    platform.addonStore.ofApp(app.id).map(async (record) => ({
      name: record.name,
      type: record.type,
      state: await stateOf(platform, app, record),
      declared: isDeclared(platform, app, record),
      variables: Object.keys(openVariables(platform, record) ?? {}).sort(),
      createdAt: record.createdAt,
      ...withoutGaps({
        version: record.version,
        diskBytes: await diskUsage(addonDataDir(platform, app, record)),
      }),
    })),
  );
}

async function stateOf(
  { addons, supervisor }: Platform,
  app: App,
  record: AddonRecord,
): Promise<AddonInfo["state"]> {
  if (record.variables === undefined) return "unready";
  const { state } = await supervisor.statusOf(addonProcessId(app, record));
  const hosted = addons.get(record.type);
  const isElsewhere = hosted !== undefined && hosted.provider.process === undefined;
  return state === "missing" && isElsewhere ? "elsewhere" : state;
}

function isDeclared(platform: Platform, app: App, { name }: AddonRecord): boolean {
  const { addons = [] } = currentRelease(platform, app.id)?.settings ?? {};
  return addons.some((declared) => declared.name === name);
}

async function diskUsage(dir: string): Promise<number | undefined> {
  const argv = ["/usr/bin/du", "--summarize", "--block-size=1", "--", dir] as const;
  const { stdout } = await run({ argv });
  const bytes = Number.parseInt(stdout, 10);
  return Number.isNaN(bytes) ? undefined : bytes;
}

function requireRecord({ addonStore }: Platform, app: App, name: string): AddonRecord {
  const record = addonStore.find(app.id, name);
  if (record !== undefined) return record;
  const known = addonStore.ofApp(app.id).map((each) => each.name);
  throw addonNotFound({ app: app.name, name, known });
}

interface Care {
  readonly app: App;
  readonly name: string;
  readonly signal: AbortSignal;
}

function requireHook(
  platform: Platform,
  { app, name }: Pick<Care, "app" | "name">,
  hook: "backup" | "restore",
): KnownAddon {
  const record = requireRecord(platform, app, name);
  const { type } = record;
  const hosted = platform.addons.get(type);
  if (hosted === undefined) throw addonUnprovided({ name, type });
  if (hosted.provider[hook] === undefined) {
    throw addonWithoutBackup({ name, type, plugin: hosted.plugin, hook });
  }
  return { app, record, hosted };
}

/** Fails where an addon cannot be restored, before anything is sent. */
export function requireRestorable(platform: Platform, care: Pick<Care, "app" | "name">): void {
  requireHook(platform, care, "restore");
}

/** A directory of its own for one file that comes or goes; what a kill leaves of it is swept at the next start. */
export async function makeTransferDir({ home }: Pick<Platform, "home">): Promise<string> {
  const dir = join(home.uploads, `addon-${randomUUID()}`);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  return dir;
}

/** Writes all that it holds into a file. */
export function backupAddon(platform: Platform, care: Care, file: string): Promise<void> {
  return inAddonTurn(care.app, async () => {
    const known = requireHook(platform, care, "backup");
    const { provider, host } = known.hosted;
    const request = addonRequest(platform, known, care.signal);
    await heeding(care.signal, async () => provider.backup?.(request, file, host));
  });
}

/** Replaces all that it holds. Its process is started anew, so that nothing of before is left in its memory. */
export function restoreAddon(platform: Platform, care: Care, file: string): Promise<void> {
  return inAddonTurn(care.app, async () => {
    const known = requireHook(platform, care, "restore");
    const { provider, host } = known.hosted;
    const request = addonRequest(platform, known, care.signal);
    await heeding(care.signal, async () => provider.restore?.(request, file, host));
    await giveToApp(platform, known);
    await platform.supervisor.restart(addonProcessId(care.app, known.record));
    await awaitVariables(platform, known, care.signal);
  });
}

/** Removes an addon that no Process uses, with all that it holds. */
export function destroyAddon(platform: Platform, { app, name, signal }: Care): Promise<void> {
  return inAddonTurn(app, async () => {
    const record = requireRecord(platform, app, name);
    requireUnused(platform, app, record);
    const hosted = platform.addons.get(record.type);
    if (hosted === undefined) throw addonUnprovided({ name, type: record.type });
    await endAddon(platform, { app, record, hosted }, signal);
    await rm(addonDataDir(platform, app, record), { recursive: true, force: true });
    await rm(platform.home.app(app.name).addonService(name), { recursive: true, force: true });
    platform.addonStore.remove(record.id);
  });
}

function requireUnused(platform: Platform, app: App, record: AddonRecord): void {
  const { name } = record;
  if (isDeclared(platform, app, record)) {
    const reason = `release ${app.currentRelease}, which runs, declares it`;
    throw addonInUse({ name, reason });
  }
  const open = platform.deployments.open().find(({ appId }) => appId === app.id);
  if (open === undefined) return;
  throw addonInUse({ name, reason: `deployment ${open.id} is under way` });
}

type Ending = Omit<KnownAddon, "hosted"> & { readonly hosted: HostedAddon | undefined };

async function endAddon(platform: Platform, ending: Ending, signal: AbortSignal): Promise<void> {
  const { app, record, hosted } = ending;
  await platform.supervisor.stop(addonProcessId(app, record));
  if (hosted === undefined) {
    const { name, type } = record;
    platform.log.write("warning", "addon-unprovided", { app: app.name, addon: name, type });
  } else {
    const request = addonRequest(platform, ending, signal);
    await heeding(signal, async () => hosted.provider.destroy(request, hosted.host));
  }
  await rm(platform.home.addonRuntimeDir(record.id), { recursive: true, force: true });
}

/** Ends all addons of an App that goes, with what their providers keep elsewhere. */
export function destroyAddons(platform: Platform, app: App): Promise<void> {
  return inAddonTurn(app, async () => {
    for (const record of platform.addonStore.ofApp(app.id)) {
      const hosted = platform.addons.get(record.type);
      await endAddon(platform, { app, record, hosted }, platform.stopping);
    }
  });
}

/** What the addons of an App that is gone have kept: moved into a directory where one is given, else removed. */
export async function clearAddonData(
  { home }: Pick<Platform, "home">,
  app: App,
  keptDir: string | undefined,
): Promise<void> {
  const dir = join(home.addons, app.name);
  if (keptDir !== undefined && existsSync(dir)) {
    await mkdir(keptDir, { recursive: true, mode: 0o700 });
    await rename(dir, join(keptDir, "addons"));
  }
  await rm(dir, { recursive: true, force: true });
}
