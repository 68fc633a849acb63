import type { Readable, Writable } from "node:stream";
import { Hop3Error } from "@hop3/core";
import type { Principal } from "../accounts/principal.ts";
import { toFailure } from "../deploy/errors.ts";
import type { GitProgram } from "./git-program.ts";
import { safeProtocol } from "./protocol.ts";
import type { Session, Sessions } from "./sessions.ts";
import { parseSshCommand } from "./ssh-command.ts";
import { failureLines } from "./timeline-lines.ts";

/** One command of one client that has proved who it is, through either door of SSH. */
export interface SshVisit {
  readonly principal: Principal;
  readonly address: string;
  readonly command: string;
  /** GIT_PROTOCOL of the client, whatever it says. */
  readonly protocol: unknown;
  readonly streams: {
    readonly stdin: Readable;
    readonly stdout: Writable;
    readonly stderr: Writable;
  };
}

export interface SshParts {
  readonly git: GitProgram;
  readonly sessions: Sessions;
  readonly onError: (error: unknown) => void;
}

const refused = 128;

/** Runs it and returns its exit code. The streams stay open: their owner knows how to end them. */
export async function serveSshVisit(parts: SshParts, visit: SshVisit): Promise<number> {
  try {
    const { principal, address } = visit;
    const { service, name } = parseSshCommand(visit.command);
    const session = await parts.sessions.begin({ principal, address, service, name });
    try {
      return await runService(parts.git, { session, service, visit });
    } finally {
      session.end();
    }
  } catch (error) {
    if (!(error instanceof Hop3Error)) parts.onError(error);
    visit.streams.stderr.write(`${failureLines(toFailure(error)).join("\n")}\n`);
    return refused;
  }
}

async function runService(
  git: GitProgram,
  run: { session: Session; service: string; visit: SshVisit },
): Promise<number> {
  const { stdin, stdout, stderr } = run.visit.streams;
  const { dir, env } = run.session;
  const program = git.start([run.service, dir], { ...env, ...safeProtocol(run.visit.protocol) });
  let hasSentAll = false;
  stdin.once("end", () => {
    hasSentAll = true;
  });
  // A client that goes away in the middle takes git along; one that has sent all does not: the ref follows its deployment.
  stdin.once("close", () => {
    if (!hasSentAll && run.service === "upload-pack") program.stop();
    else program.stdin.end();
  });
  stdin.pipe(program.stdin);
  forward(program.stdout, stdout);
  forward(program.stderr, stderr);
  return (await program.ended) ?? refused;
}

/** At the pace of the client; to nobody once it has gone. */
function forward(from: Readable, to: Writable): void {
  to.on("error", () => {});
  to.once("close", () => {
    from.unpipe(to);
    from.resume();
  });
  from.pipe(to, { end: false });
}
