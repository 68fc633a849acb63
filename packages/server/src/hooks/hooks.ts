import { randomBytes } from "node:crypto";
import type { App } from "../db/apps.ts";
import type { Hook, HookStore } from "../db/hooks.ts";
import type { Platform } from "../deploy/platform.ts";
import { deployBranch } from "../git/deploy-branch.ts";
import type { GitProgram } from "../git/git-program.ts";
import type { Vault } from "../secrets/vault.ts";
import { fetchFailed, hookNotFound, tooManyHooks } from "./hook-errors.ts";
import { findOutside } from "./outside-address.ts";
import { type Credential, lookAtBranch, parseRemote, type Remote } from "./remote.ts";

const maxHooks = 20;

/** Makes, finds and tries the hooks of an App. */
export interface Hooks {
  readonly store: HookStore;
  /** Fails where a repository cannot be that of a hook, whatever the App. */
  check(remote: Remote): Promise<URL>;
  /** The secret is told here and never again. */
  add(app: App, remote: Remote): Promise<{ hook: Hook; secret: string }>;
  require(app: App, id: string): Hook;
  /** Asks the repository for the deploy branch: address, credential and branch are right where that answers. */
  test(app: App, hook: Hook): Promise<{ branch: string; commit: string }>;
}

export interface HooksParts {
  readonly platform: Platform;
  readonly git: GitProgram;
  readonly store: HookStore;
}

export function makeHooks({ platform, git, store }: HooksParts): Hooks {
  const { vault, settings } = platform;
  const internalHosts = settings.hooks["internal-hosts"];
  const check = async (remote: Remote): Promise<URL> => {
    const url = parseRemote(remote, internalHosts);
    await findOutside(url, internalHosts);
    return url;
  };
  return {
    store,
    check,
    async add(app, remote) {
      if (store.ofApp(app.id).length >= maxHooks) throw tooManyHooks({ limit: maxHooks });
      const url = await check(remote);
      const id = randomBytes(12).toString("hex");
      const secret = randomBytes(32).toString("base64url");
      const hook: Hook = {
        id,
        appId: app.id,
        repository: url.href,
        secret: vault.seal(secret, `hook ${id}`),
        credential:
          remote.credential && vault.sealValues({ ...remote.credential }, credentialPurpose(id)),
        createdAt: platform.now().toISOString(),
      };
      store.add(hook);
      return { hook, secret };
    },
    require(app, id) {
      const hook = store.find(app.id, id);
      if (hook === undefined) throw hookNotFound({ hook: id });
      return hook;
    },
    async test(app, hook) {
      const branch = deployBranch({ platform }, app);
      const remote = { url: hook.repository, credential: openCredential(vault, hook) };
      const parts = { git, internalHosts, signal: platform.stopping };
      const commit = await lookAtBranch(parts, remote, branch);
      if (commit !== undefined) return { branch, commit };
      throw fetchFailed({ repository: hook.repository, reason: `there is no branch ${branch}` });
    },
  };
}

function credentialPurpose(id: string): string {
  return `hook ${id} credential`;
}

export function openSecret(vault: Vault, hook: Hook): string {
  return vault.open(hook.secret, `hook ${hook.id}`);
}

export function openCredential(vault: Vault, { id, credential }: Hook): Credential | undefined {
  if (credential === undefined) return undefined;
  const { username = "", password = "" } = vault.openValues(credential, credentialPurpose(id));
  return { username, password };
}
