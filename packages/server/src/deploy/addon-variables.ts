import type { AddonVariable, DeclaredAddon, ReleaseSettings } from "@hop3/core";
import type { AddonRecord } from "../db/addons.ts";
import type { Platform } from "./platform.ts";

type Values = Readonly<Record<string, string>>;
type Vaulted = Pick<Platform, "addonStore" | "vault">;

/** What a Release gets from its addons. */
export interface AddonEnvironment {
  /** Under the names that the addons themselves give. */
  readonly own: Values;
  /** Under names of `[env]`. */
  readonly chosen: Values;
}

export function sealVariables(
  { vault, addonStore }: Vaulted,
  record: AddonRecord,
  variables: Values,
): void {
  addonStore.setVariables(record.id, vault.sealValues(variables, purposeOf(record)));
}

/** Decrypted; undefined for one that has never served. */
export function openVariables(
  { vault }: Pick<Platform, "vault">,
  record: AddonRecord,
): Record<string, string> | undefined {
  if (record.variables === undefined) return undefined;
  return vault.openValues(record.variables, purposeOf(record));
}

function purposeOf({ id }: AddonRecord): string {
  return `addon ${id}`;
}

/** Decrypted variables of the addons that a Release declares. Of two that give the same one, the first has its way. */
export function addonEnvironment(
  platform: Vaulted,
  app: { readonly id: number },
  { addons = [], addonEnv = {} }: Pick<ReleaseSettings, "addons" | "addonEnv">,
): AddonEnvironment {
  const known = new Map(addons.map(({ name }) => [name, valuesOf(platform, app, name)]));
  const own: Record<string, string> = {};
  for (const values of known.values()) {
    for (const [key, value] of Object.entries(values)) own[key] ??= value;
  }
  const chosen = Object.entries(addonEnv).flatMap(([variable, { from, key }]) => {
    const value = known.get(from)?.[key];
    return value === undefined ? [] : [[variable, value] as const];
  });
  return { own, chosen: Object.fromEntries(chosen) };
}

function valuesOf(platform: Vaulted, app: { readonly id: number }, name: string): Values {
  const record = platform.addonStore.find(app.id, name);
  return (record && openVariables(platform, record)) ?? {};
}

/** Variables that two addons of a Release give, with the one whose value is not seen. */
export function hiddenVariables(
  platform: Vaulted,
  app: { readonly id: number },
  addons: readonly DeclaredAddon[],
): readonly (AddonVariable & { readonly behind: string })[] {
  const owners = new Map<string, string>();
  const hidden: (AddonVariable & { behind: string })[] = [];
  for (const { name } of addons) {
    for (const key of Object.keys(valuesOf(platform, app, name))) {
      const behind = owners.get(key);
      if (behind === undefined) owners.set(key, name);
      else hidden.push({ from: name, key, behind });
    }
  }
  return hidden;
}

/** `scheme://user:password@…`: addresses of sockets have no host, which URL refuses. */
const passwordInAddress = /^[a-z][a-z0-9+.-]*:\/\/[^/@]*?:([^/@]+)@/i;

/** Secrets of a Release's addons, for whoever blanks them out: values, and the passwords inside of addresses. */
export function addonSecrets(
  platform: Vaulted,
  app: { readonly id: number },
  settings: Pick<ReleaseSettings, "addons">,
): readonly string[] {
  const { addons = [] } = settings;
  const values = addons.flatMap(({ name }) => Object.values(valuesOf(platform, app, name)));
  const passwords = values.flatMap((value) => passwordInAddress.exec(value)?.[1] ?? []);
  return [...values, ...passwords, ...passwords.map(decoded)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
