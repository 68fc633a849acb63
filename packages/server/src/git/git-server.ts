import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Accounts, tokenPrefix } from "../accounts/accounts.ts";
import { makeAddressOf } from "../accounts/client-address.ts";
import type { Principal } from "../accounts/principal.ts";
import { makePreviewStore } from "../db/previews.ts";
import { makeSshKeyStore } from "../db/ssh-keys.ts";
import { proxiesOf } from "../settings.ts";
import { writeAuthorizedKeys } from "./authorized-keys.ts";
import type { CommitParts } from "./deploy-commit.ts";
import { tokenUnusable } from "./git-errors.ts";
import { type GitProgram, makeGitProgram } from "./git-program.ts";
import { openHookDoor } from "./hook-door.ts";
import { type HttpDoor, makeHttpDoor } from "./http-door.ts";
import { type Keys, makeKeys } from "./keys.ts";
import { makePreviews, type Previews, startSweeping } from "./previews.ts";
import { openRelayDoor } from "./relay-door.ts";
import { makeSessions } from "./sessions.ts";
import { makeSocketClient } from "./socket-client.ts";
import type { SshDoor } from "./ssh-door.ts";
import type { SshParts } from "./ssh-session.ts";
import { makeTurns, type Turns } from "./turns.ts";

export interface GitServer {
  readonly program: GitProgram;
  readonly http: HttpDoor;
  readonly keys: Keys;
  readonly previews: Previews;
  /** Whoever deploys a branch of an App takes one of its turns first. */
  readonly turns: Turns;
  /** Fingerprint of the host key of our own SSH server, where it runs. */
  readonly hostKey: string | undefined;
  /** For sshd: see docs/guides/git-push.md. */
  readonly authorizedKeysFile: string;
  /** Lets what is under way end, for a moment, and closes the doors. */
  close(): Promise<void>;
}

export interface GitServerParts extends Omit<CommitParts, "git"> {
  readonly accounts: Accounts;
  /** Programs of the data plane. */
  readonly binDir: string;
}

const patienceMs = 3_000;

/** Opens every door of git: HTTP, the system's sshd, and an SSH server of our own where it is configured. */
export async function openGitServer(parts: GitServerParts): Promise<GitServer> {
  const { platform, accounts, binDir } = parts;
  const { home, settings, log } = platform;
  const onError = (error: unknown): void => log.write("error", "git", { error });
  const dir = join(home.dir, "git");
  const hooksDir = join(dir, "hooks");
  await mkdir(hooksDir, { recursive: true, mode: 0o755 });
  await chmod(dir, 0o755);
  const git = makeGitProgram({
    isRoot: platform.isolateUsers,
    client: await makeSocketClient({ binDir, dir: join(home.runtimeDir, "git") }),
    hooksDir,
    maxBytes: settings.policy["max-upload-bytes"],
  });
  const hookSocket = join(home.runtimeDir, "git-hook.sock");
  const hook = await openHookDoor({ socket: hookSocket, hooksDir, git, onError });
  const turns = makeTurns();
  const previews = makePreviews({ ...parts, store: makePreviewStore(platform.db) });
  startSweeping(previews, platform);
  const sessions = makeSessions({ ...parts, git, hook, turns, previews });
  const authorizedKeysFile = join(dir, "authorized_keys");
  const keys = await openKeys(parts, { authorizedKeysFile, onError });
  const ssh = { git, sessions, onError, keys };
  const doors = await openSshDoors(parts, dir, ssh);
  return {
    program: git,
    turns,
    previews,
    http: makeHttpDoor({
      git,
      sessions,
      onError,
      addressOf: makeAddressOf(proxiesOf(settings.server)),
      signIn: signInWith(accounts),
    }),
    keys,
    hostKey: doors.own?.hostKey,
    authorizedKeysFile,
    async close() {
      await sessions.idle(patienceMs);
      doors.close();
      hook.close();
    },
  };
}

async function openKeys(
  { platform, accounts }: GitServerParts,
  { authorizedKeysFile, onError }: { authorizedKeysFile: string; onError(error: unknown): void },
): Promise<Keys> {
  const { db, now, settings } = platform;
  const store = makeSshKeyStore(db);
  const write = (): Promise<void> => {
    const command = [settings.git["ssh-command"], "git", "serve", "--home", platform.home.dir];
    return writeAuthorizedKeys(authorizedKeysFile, store.all(), command);
  };
  let writing = write();
  await writing;
  const onChange = (): void => {
    writing = writing.then(write).catch(onError);
  };
  return makeKeys({ store, accounts, now, onChange });
}

async function openSshDoors(
  { platform }: GitServerParts,
  dir: string,
  parts: SshParts & { readonly keys: Keys },
): Promise<{ own: SshDoor | undefined; close(): void }> {
  const { home, settings } = platform;
  const { "ssh-listen": listen, "ssh-user": sshUser } = settings.git;
  const relay = await openRelayDoor({
    ...parts,
    sshUser,
    socket: join(home.runtimeDir, "git.sock"),
  });
  let own: SshDoor | undefined;
  if (listen !== undefined) {
    // It takes 15 MB, which only those pay for who use it.
    const { openSshDoor } = await import("./ssh-door.ts");
    own = await openSshDoor({ ...parts, listen, hostKeyFile: join(dir, "ssh_host_key") });
  }
  return {
    own,
    close() {
      relay.close();
      own?.close();
    },
  };
}

/** What nobody has for a password. */
const tokenPattern = new RegExp(`^${tokenPrefix}[A-Za-z0-9_-]{43}$`);

/** A token, whatever the name beside it, or name and password of an account without a second factor. */
function signInWith(accounts: Accounts) {
  return async (name: string, secret: string, address: string): Promise<Principal | undefined> => {
    const byToken = accounts.byToken(secret);
    if (byToken !== undefined) return byToken;
    const isToken = tokenPattern.test(secret);
    if (isToken || name === "") accounts.limit.wrongToken(address);
    if (isToken) throw tokenUnusable({});
    if (name === "") return undefined;
    const user = await accounts.signIn.check({ name, password: secret }, { address, agent: "git" });
    return accounts.ofUser(user, "session");
  };
}
