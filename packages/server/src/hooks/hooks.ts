import { randomBytes } from "node:crypto";
import type { App } from "../db/apps.ts";
import type { Hook, HookStore } from "../db/hooks.ts";
import type { Platform } from "../deploy/platform.ts";
import { deployBranch } from "../git/deploy-branch.ts";
import type { GitProgram } from "../git/git-program.ts";
import type { Vault } from "../secrets/vault.ts";
import { ensureDeployKey, openDeployKey } from "./deploy-keys.ts";
import { fetchFailed, hookNotFound, hookWithoutSsh, tooManyHooks } from "./hook-errors.ts";
import { findOutside } from "./outside-address.ts";
import {
  type Credential,
  lookAtBranch,
  lookAtHostKey,
  parseRemote,
  type Remote,
  type RemoteParts,
} from "./remote.ts";

const maxHooks = 20;

/** What somebody wants to have fetched. */
export interface HookWish extends Pick<Remote, "url" | "credential"> {
  /** Fingerprint that the key of the host has to have; without it the one that it shows is taken. */
  readonly hostKey?: string | undefined;
}

/** A wish that can be met. */
export interface CheckedHook {
  readonly url: URL;
  readonly credential: Credential | undefined;
  /** For SSH. */
  readonly hostKey: string | undefined;
}

/** Makes, finds and tries the hooks of an App. */
export interface Hooks {
  readonly store: HookStore;
  /** Fails where a repository cannot be that of a hook, whatever the App. */
  check(wish: HookWish): Promise<CheckedHook>;
  /** The secret is told here and never again. */
  add(app: App, checked: CheckedHook): Promise<{ hook: Hook; secret: string }>;
  require(app: App, id: string): Hook;
  /** Asks the repository for the deploy branch: address, credential and branch are right where that answers. */
  test(app: App, hook: Hook): Promise<{ branch: string; commit: string }>;
  /** Takes the key that the host shows now, which has to have the fingerprint where one is given. */
  trust(hook: Hook, fingerprint: string | undefined): Promise<Hook>;
}

export interface HooksParts {
  readonly platform: Platform;
  readonly git: GitProgram;
  readonly store: HookStore;
}

export function makeHooks({ platform, git, store }: HooksParts): Hooks {
  const parts = remoteParts(platform, git);
  const hostKeyOf = async (url: URL, fingerprint?: string): Promise<string | undefined> => {
    if (url.protocol === "ssh:") return await lookAtHostKey(parts, url, fingerprint);
    if (fingerprint !== undefined) throw hookWithoutSsh({ repository: url.href });
    await findOutside(url, parts.internalHosts);
    return undefined;
  };
  return {
    store,
    async check(wish) {
      const url = parseRemote(wish, parts.internalHosts);
      return { url, credential: wish.credential, hostKey: await hostKeyOf(url, wish.hostKey) };
    },
    async add(app, checked) {
      if (store.ofApp(app.id).length >= maxHooks) throw tooManyHooks({ limit: maxHooks });
      if (checked.hostKey !== undefined) await ensureDeployKey(platform, app);
      const made = makeHook(platform, app, checked);
      store.add(made.hook);
      return made;
    },
    require(app, id) {
      const hook = store.find(app.id, id);
      if (hook === undefined) throw hookNotFound({ hook: id });
      return hook;
    },
    async test(app, hook) {
      const branch = deployBranch({ platform }, app);
      const commit = await lookAtBranch(parts, openRemote(platform, app, hook), branch);
      if (commit !== undefined) return { branch, commit };
      throw fetchFailed({ repository: hook.repository, reason: `there is no branch ${branch}` });
    },
    async trust(hook, fingerprint) {
      const url = new URL(hook.repository);
      const hostKey = await hostKeyOf(url, fingerprint);
      if (hostKey === undefined) throw hookWithoutSsh({ repository: hook.repository });
      store.setHostKey(hook.id, hostKey);
      return { ...hook, hostKey };
    },
  };
}

/** How the server asks others, whatever for. */
export function remoteParts({ settings, stopping }: Platform, git: GitProgram): RemoteParts {
  return { git, internalHosts: settings.hooks["internal-hosts"], signal: stopping };
}

function makeHook(
  { vault, now }: Platform,
  app: App,
  { url, credential, hostKey }: CheckedHook,
): { hook: Hook; secret: string } {
  const id = randomBytes(12).toString("hex");
  // As GitLab wants a signing token; to the others it is any text.
  const secret = `whsec_${randomBytes(32).toString("base64")}`;
  const hook: Hook = {
    id,
    appId: app.id,
    repository: url.href,
    secret: vault.seal(secret, `hook ${id}`),
    credential: credential && vault.sealValues({ ...credential }, credentialPurpose(id)),
    hostKey,
    createdAt: now().toISOString(),
  };
  return { hook, secret };
}

function credentialPurpose(id: string): string {
  return `hook ${id} credential`;
}

export function openSecret(vault: Vault, hook: Hook): string {
  return vault.open(hook.secret, `hook ${hook.id}`);
}

/** The repository of a hook with all that opens it. */
export function openRemote(platform: Platform, app: App, hook: Hook): Remote {
  const { repository: url, hostKey } = hook;
  const credential = openCredential(platform.vault, hook);
  const key = hostKey === undefined ? undefined : openDeployKey(platform, app);
  if (hostKey === undefined || key === undefined) return { url, credential };
  return { url, login: { key, hostKey } };
}

function openCredential(vault: Vault, { id, credential }: Hook): Credential | undefined {
  if (credential === undefined) return undefined;
  const { username = "", password = "" } = vault.openValues(credential, credentialPurpose(id));
  return { username, password };
}
