import { type ChildProcessByStdio, spawn } from "node:child_process";
import { Duplex, type Readable, type Writable } from "node:stream";
import { errorCode } from "./connection.ts";
import { serverUnreachable } from "./errors.ts";
import type { SshTarget } from "./ssh-target.ts";

type Ssh = ChildProcessByStdio<Writable, Readable, Readable>;

/** A connection to a server's socket through the system's ssh: its keys, agent, known hosts and settings count. */
export function connectBySsh(target: SshTarget, env: NodeJS.ProcessEnv): Duplex {
  const child = spawn("ssh", sshArguments(target, env), { stdio: ["pipe", "pipe", "pipe"] });
  return asSocket(child, (because) => serverUnreachable({ server: target.url, because }));
}

/** Everything behind `--` is the host and the command; the host has passed its check all the same. */
export function sshArguments(target: SshTarget, env: NodeJS.ProcessEnv): string[] {
  const { host, user, port, home } = target;
  const config = env["HOP3_SSH_CONFIG"];
  const command = ["hop3", "server", "dial", ...(home === undefined ? [] : ["--home", home])];
  return [
    ...(config === undefined || config === "" ? [] : ["-F", config]),
    ...["-T", "-o", "ClearAllForwardings=yes", "-o", "ServerAliveInterval=15"],
    ...(user === undefined ? [] : ["-l", user]),
    ...(port === undefined ? [] : ["-p", port]),
    "--",
    host,
    // Joined by ssh and read by a shell over there: nothing in it needs quotes.
    ...command,
  ];
}

/** Ends only once ssh has, so that its reason for ending is known. */
function asSocket(child: Ssh, explain: (because: string) => Error): Duplex {
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-4_000);
  });
  const stream = new Duplex({
    read: () => void child.stdout.resume(),
    // What cannot be written is explained by the end of ssh, which follows.
    write: (chunk, _encoding, done) => void child.stdin.write(chunk, () => done()),
    final: (done) => void child.stdin.end(() => done()),
    destroy(error, done) {
      child.kill();
      done(error);
    },
  });
  child.stdin.on("error", () => {});
  child.stdout.on("data", (chunk: Buffer) => {
    if (!stream.push(chunk)) child.stdout.pause();
  });
  child.once("error", (error) => {
    const isMissing = errorCode(error) === "ENOENT";
    stream.destroy(explain(isMissing ? "there is no ssh on this machine" : error.message));
  });
  child.once("close", (exitCode) => {
    if (exitCode === 0) stream.push(null);
    else stream.destroy(explain(reasonIn(said) ?? `ssh ended with ${exitCode}`));
  });
  const same = (): Duplex => stream;
  // What HTTP asks of a socket beside reading and writing.
  return Object.assign(stream, {
    setKeepAlive: same,
    setNoDelay: same,
    setTimeout: same,
    ref: same,
    unref: same,
  });
}

/** What ssh says last, or what the hop3 over there says went wrong. */
function reasonIn(text: string): string | undefined {
  const lines = text.split("\n").map((each) => each.trim());
  const failure = lines.map((each) => /^error \S+ +(.*)$/.exec(each)?.[1]).find(Boolean);
  return failure ?? lines.findLast((each) => each !== "");
}
