import type { App } from "../db/apps.ts";
import { type DeployKey, makeDeployKeyStore } from "../db/deploy-keys.ts";
import type { Platform } from "../deploy/platform.ts";
import { inTurn } from "../upload/lock.ts";

type Parts = Pick<Platform, "db" | "vault" | "now">;

function purposeOf(app: App): string {
  return `deploy key ${app.id}`;
}

export function findDeployKey({ db }: Pick<Parts, "db">, app: App): DeployKey | undefined {
  return makeDeployKeyStore(db).find(app.id);
}

/** Makes a pair for the App; the one that it had opens nothing for us any more. */
export async function makeDeployKey({ db, vault, now }: Parts, app: App): Promise<DeployKey> {
  const { makeKeyPair } = await import("./ssh-connection.ts");
  const made = makeKeyPair(`hop3-${app.name}`);
  const key = {
    appId: app.id,
    publicKey: made.public,
    privateKey: vault.seal(made.private, purposeOf(app)),
    createdAt: now().toISOString(),
  };
  makeDeployKeyStore(db).set(key);
  return key;
}

/** Of two hooks that are made at once, both are told the same key. */
export function ensureDeployKey(parts: Parts, app: App): Promise<DeployKey> {
  return inTurn(
    purposeOf(app),
    async () => findDeployKey(parts, app) ?? (await makeDeployKey(parts, app)),
  );
}

/** The private half, for as long as something is fetched. */
export function openDeployKey({ db, vault }: Parts, app: App): string | undefined {
  const key = findDeployKey({ db }, app);
  return key && vault.open(key.privateKey, purposeOf(app));
}
