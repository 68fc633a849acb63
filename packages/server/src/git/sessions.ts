import { setTimeout as sleep } from "node:timers/promises";
import { appOfPreview, type Permission, parseAppName } from "@hop3/core";
import type { Accounts } from "../accounts/accounts.ts";
import { actorOf, type Principal, requirePermission, viaOf } from "../accounts/principal.ts";
import { pointHead } from "./deploy-branch.ts";
import type { CommitParts } from "./deploy-commit.ts";
import { createOnPushRefused, repositoryNotFound, tooManySessions } from "./git-errors.ts";
import type { HookDoor, RefCommand, Verdict } from "./hook-door.ts";
import type { Previews } from "./previews.ts";
import { makeJudge } from "./push.ts";
import { ensureRepository, hasRepository, repositoryDir } from "./repository.ts";
import type { Turns } from "./turns.ts";

/** What a client wants of a repository: to push, or to fetch and clone. */
export type GitService = "receive-pack" | "upload-pack";

export interface Visit {
  readonly principal: Principal;
  /** Where the client is, for the audit log. */
  readonly address: string;
  readonly service: GitService;
  /** As the client has written it. */
  readonly name: string;
}

/** One run of git for one client; `end` when it is over. */
export interface Session {
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
  end(): void;
}

/** The one way to a repository, whichever door the client came through. */
export interface Sessions {
  begin(visit: Visit): Promise<Session>;
  /** Waits a little for what is under way. */
  idle(patienceMs: number): Promise<void>;
}

export interface SessionParts extends CommitParts {
  readonly hook: HookDoor;
  readonly previews: Previews;
  readonly turns: Turns;
  readonly accounts: Accounts;
}

const needs: Readonly<Record<GitService, Permission>> = {
  "receive-pack": "app.deploy",
  "upload-pack": "app.export",
};
const maxSessions = 64;

export function makeSessions(parts: SessionParts): Sessions {
  const { platform, git, hook, turns } = parts;
  const open = new Set<Promise<void>>();

  const admit = async (visit: Visit): Promise<string> => {
    const app = parseAppName(visit.name);
    requirePermission(visit.principal, needs[visit.service], app);
    const home = platform.home.app(app);
    const known = platform.apps.find(app);
    if (visit.service === "upload-pack") {
      if (known === undefined || !hasRepository(home)) throw repositoryNotFound({ app });
      await pointHead(parts, known);
      return repositoryDir(home);
    }
    const isMade = platform.settings.policy["create-on-push"] && appOfPreview(app) === undefined;
    if (known === undefined && !isMade) throw createOnPushRefused({ app });
    return ensureRepository(git, home);
  };

  return {
    async begin(visit) {
      if (open.size >= maxSessions) throw tooManySessions({ limit: maxSessions });
      const over = Promise.withResolvers<void>();
      open.add(over.promise);
      const ends = [() => open.delete(over.promise), () => over.resolve()];
      const end = (): void => {
        for (const each of ends.splice(0)) each();
      };
      try {
        const dir = await admit(visit);
        const judge = makeJudge({
          ...parts,
          appName: visit.name,
          onJudged: (command, verdict) => record(parts, visit, { command, verdict }),
          async takeTurn(onWait, key = visit.name) {
            const endTurn = await turns.take(key, onWait);
            ends.push(endTurn);
            if (!open.has(over.promise)) end();
          },
        });
        const { env, end: forget } = hook.open(judge);
        ends.push(forget);
        return { dir, env, end };
      } catch (error) {
        end();
        throw error;
      }
    },
    async idle(patienceMs) {
      await Promise.race([Promise.all(open), sleep(patienceMs, undefined, { ref: false })]);
    },
  };
}

function record(
  { accounts, platform }: SessionParts,
  { principal, address, name }: Visit,
  { command, verdict }: { command: RefCommand; verdict: Verdict },
): void {
  accounts.audit.add({
    at: platform.now().toISOString(),
    actor: actorOf(principal),
    via: viaOf(principal),
    address,
    action: "git.push",
    app: name,
    target: command.ref,
    outcome: verdict === undefined ? "done" : "failed",
    before: command.old,
    after: command.new,
  });
}
