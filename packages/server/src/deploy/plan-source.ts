import {
  appOfPreview,
  type DeploySettings,
  expandComputed,
  type ReleaseSettings,
  withoutGaps,
} from "@hop3/core";
import type { SourceEntry } from "@hop3/core/node";
import type { Attempt } from "./attempt.ts";
import { currentRelease } from "./current-release.ts";
import { requireFreeDomain } from "./domains.ts";
import { keepGenerated } from "./generated.ts";
import { type ReadPlan, readPlan } from "./read-plan.ts";
import type { ReceiveRequest } from "./receive.ts";
import { builtInDomain, publicUrl } from "./routes.ts";
import { readConfig } from "./stored-config.ts";

/** Everything that is decided before something is built. */
export interface Planned extends Omit<ReadPlan, "wanted"> {
  readonly settings: ReleaseSettings;
}

/** The Plan of an uploaded tree, and what of it depends on the App: its domains, its stored variables. */
export async function planSource(
  attempt: Attempt,
  receive: ReceiveRequest,
  unpacked: readonly SourceEntry[],
): Promise<Planned> {
  const { platform, app } = attempt;
  const read = await readPlan(platform, { app: app.name, receive }, unpacked);
  const { plan, wanted } = read;
  attempt.note("info", `Builder ${plan.builder}: ${plan.reason}`);
  for (const warning of plan.warnings) attempt.note("warning", warning);
  for (const domain of domainsOf(attempt, wanted)) requireFreeDomain(platform, app, domain);
  return { ...read, settings: releaseSettings(attempt, wanted) };
}

/** Those of the app stay with the app: a preview has the name that it was given. */
function domainsOf({ app }: Attempt, { domains }: DeploySettings): readonly string[] {
  return appOfPreview(app.name) === undefined ? domains.list : [];
}

function releaseSettings(attempt: Attempt, wanted: DeploySettings): ReleaseSettings {
  return {
    env: plainVariables(attempt, wanted),
    envOverridesConfig: wanted.env.policy === "override",
    healthcheck: wanted.healthcheck,
    startTimeoutSeconds: wanted.startTimeoutSeconds,
    drainTimeoutSeconds: wanted.drainTimeoutSeconds,
    keep: wanted.keep,
    strategy: wanted.strategy,
    ...withoutGaps({
      canary: wanted.canary,
      previews: wanted.previews,
      branch: wanted.branch,
      beforeRunTimeoutSeconds: wanted.beforeRunTimeoutSeconds,
      ...addonSettings(attempt, wanted),
    }),
    domains: [...domainsOf(attempt, wanted)],
  };
}

/** A preview gets those that its branch declares, unless the Release of the app that runs says otherwise. */
function addonsOf(
  { platform, app, note }: Attempt,
  { addons }: Pick<DeploySettings, "addons">,
): DeploySettings["addons"] {
  const parent = platform.apps.find(appOfPreview(app.name) ?? "");
  const policy = parent && currentRelease(platform, parent.id)?.settings?.previews?.addons;
  if (policy !== "none" || addons.length === 0) return addons;
  const names = addons.map(({ name }) => name).join(", ");
  note("info", `Previews of ${parent?.name} get no addons, as its hop3.toml says: ${names}`);
  return [];
}

/** What an App without addons does not have, as its older Releases do not. */
function addonSettings(
  attempt: Attempt,
  { env, ...wanted }: DeploySettings,
): Partial<ReleaseSettings> {
  const addons = addonsOf(attempt, wanted);
  if (addons.length === 0) return {};
  const names = new Set(addons.map(({ name }) => name));
  const used = Object.entries(env.fromAddons).filter(([, { from }]) => names.has(from));
  return {
    addons: [...addons],
    ...(used.length === 0 ? {} : { addonEnv: Object.fromEntries(used) }),
  };
}

/** `[env]` with what the platform knows filled in; values made by the server are stored configuration instead. */
function plainVariables(attempt: Attempt, { env }: DeploySettings): Record<string, string> {
  const { platform } = attempt;
  keepGenerated(attempt, env.generated);
  const url = publicUrl(platform, attempt.app);
  const known: Readonly<Record<string, string>> = {
    name: attempt.app.name,
    domain: builtInDomain(platform, attempt.app.name),
    url,
  };
  const facts = Object.entries(env.facts).flatMap(([name, fact]) => {
    const value = known[fact];
    if (value === undefined) {
      attempt.note(
        "warning",
        `[env] ${name} asks for '${fact}', which this version does not know; it is not set`,
      );
    }
    return value === undefined ? [] : [[name, value] as const];
  });
  const plain = { ...env.plain, ...Object.fromEntries(facts) };
  const values = { ...plain, ...readConfig(platform, attempt.app.id) };
  return { ...plain, ...expandComputed(env.computed, values) };
}
