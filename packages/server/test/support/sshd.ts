import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface Sshd {
  /** Where its files are; made where it is missing. */
  readonly dir: string;
  readonly port: number;
  /** Lines of its configuration beside those that keep it to this machine and to keys. */
  readonly settings: readonly string[];
  /** What starts it instead of the test. */
  readonly startedBy?: readonly string[];
}

/** A pair of keys without a passphrase: `<file>` and `<file>.pub`. */
export function makeSshKey(file: string, ...more: readonly string[]): void {
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file, ...more]);
}

/** The distribution's sshd with a host key of its own, `<dir>/host`; answers when it lets somebody in. */
export async function startSshd({
  dir,
  port,
  settings,
  startedBy = [],
}: Sshd): Promise<() => void> {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const hostKey = join(dir, "host");
  makeSshKey(hostKey);
  const lines = [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${hostKey}`,
    "PidFile none",
    "UsePAM no",
    "PasswordAuthentication no",
    "StrictModes no",
    ...settings,
  ];
  const config = join(dir, "sshd_config");
  writeFileSync(config, lines.map((line) => `${line}\n`).join(""));
  const [program = "", ...args] = [...startedBy, "/usr/sbin/sshd", "-D", "-e", "-f", config];
  const child = spawn(program, args, { stdio: "ignore" });
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`sshd ended with ${child.exitCode}`);
    await sleep(20);
  }
  return () => child.kill();
}

function answers(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = createConnection({ port, host: "127.0.0.1" }, () => {
      socket.destroy();
      done(true);
    });
    socket.once("error", () => done(false));
  });
}
