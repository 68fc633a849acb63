import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Accounts } from "../accounts/accounts.ts";
import { type GitProgram, makeGitProgram } from "./git-program.ts";
import { openHookDoor } from "./hook-door.ts";
import { type HttpDoor, makeHttpDoor } from "./http-door.ts";
import type { PushParts } from "./push.ts";
import { makeSessions } from "./sessions.ts";

export interface GitServer {
  readonly program: GitProgram;
  readonly http: HttpDoor;
  /** Lets what is under way end, for a moment, and closes the doors. */
  close(): Promise<void>;
}

export interface GitServerParts extends Omit<PushParts, "git"> {
  readonly accounts: Accounts;
  /** Programs of the data plane. */
  readonly binDir: string;
}

const patienceMs = 3_000;

/** Opens every door of git: HTTP, and SSH where it is configured. */
export async function openGitServer(parts: GitServerParts): Promise<GitServer> {
  const { platform, accounts, binDir } = parts;
  const { home, settings, log } = platform;
  const onError = (error: unknown): void => log.write("error", "git", { error });
  const hooksDir = join(home.dir, "git/hooks");
  await mkdir(hooksDir, { recursive: true, mode: 0o755 });
  const program = makeGitProgram({
    isRoot: platform.isolateUsers,
    hooksDir,
    maxBytes: settings.policy["max-upload-bytes"],
  });
  const hookSocket = join(home.runtimeDir, "git-hook.sock");
  const hook = await openHookDoor({ socket: hookSocket, hooksDir, binDir, git: program, onError });
  const sessions = makeSessions({ ...parts, git: program, hook });
  const http = makeHttpDoor({
    git: program,
    sessions,
    signIn: async (_name, secret) => accounts.byToken(secret),
    onError,
  });
  return {
    program,
    http,
    async close() {
      await sessions.idle(patienceMs);
      hook.close();
    },
  };
}
