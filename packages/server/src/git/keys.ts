import { defineError, ExitCode } from "@hop3/core";
import type { Accounts } from "../accounts/accounts.ts";
import type { Principal } from "../accounts/principal.ts";
import type { SshKey, SshKeyStore } from "../db/ssh-keys.ts";
import { parsePublicKey } from "./public-key.ts";

export const sshKeyTaken = defineError<{ fingerprint: string }>({
  code: "SSH_KEY_TAKEN",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ fingerprint }) => `the key ${fingerprint} is known already`,
  hint: () =>
    "One key opens the door for one user. See yours: hop3 keys; make another: ssh-keygen -t ed25519",
});

export const sshKeyNotFound = defineError<{ key: string }>({
  code: "SSH_KEY_NOT_FOUND",
  exitCode: ExitCode.notFound,
  status: 404,
  message: ({ key }) => `there is no key '${key}'`,
  hint: () => "Those that are known: hop3 keys",
});

/** Public keys of users, and who comes in with them. */
export interface Keys {
  readonly store: SshKeyStore;
  add(key: { text: string; name: string | undefined; userId: number | undefined }): SshKey;
  remove(key: SshKey): void;
  /** Whose key it is, before anything is proved. */
  peek(fingerprint: string): Principal | undefined;
  /** Whoever has proved to have this key; undefined where it is nobody's. */
  principalOf(fingerprint: string): Principal | undefined;
}

interface KeysParts {
  readonly store: SshKeyStore;
  readonly accounts: Accounts;
  now(): Date;
  /** Told after each change. */
  onChange(): void;
}

export function makeKeys({ store, accounts, now, onChange }: KeysParts): Keys {
  const peek: Keys["peek"] = (fingerprint) => {
    const key = store.find(fingerprint);
    if (key === undefined) return undefined;
    if (key.userId === undefined) return { kind: "key", grants: [{ allow: "owner" }] };
    const user = accounts.users.findById(key.userId);
    return user && accounts.ofUser(user, "key");
  };
  return {
    store,
    peek,
    add({ text, name, userId }) {
      const { type, blob, comment, fingerprint } = parsePublicKey(text);
      if (store.find(fingerprint) !== undefined) throw sshKeyTaken({ fingerprint });
      const shown = (name ?? comment).replace(/[^\x20-\x7e]/g, "?").slice(0, 100);
      const key = { type, blob, fingerprint, userId, name: shown === "" ? type : shown };
      store.add({ ...key, createdAt: now().toISOString() });
      onChange();
      return { ...key, createdAt: now().toISOString(), usedAt: undefined };
    },
    remove({ fingerprint }) {
      store.remove(fingerprint);
      onChange();
    },
    principalOf(fingerprint) {
      store.used(fingerprint, now().toISOString());
      return peek(fingerprint);
    },
  };
}
