import { existsSync } from "node:fs";
import type { ToolSet } from "@hop3/core/plugin";
import type { Argv } from "../../proc/run.ts";

export interface SandboxParts {
  readonly tools: ToolSet;
  /** Seen and written by the step. */
  readonly writable: readonly string[];
  /** Seen only. */
  readonly readable: readonly string[];
  /** The host's own programs are seen as well. */
  readonly withHost: boolean;
  readonly cwd: string;
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
}

/** Files that make names and certificates work where the host has them. */
const networkFiles = ["/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/ssl/certs"];
const hostDirectories = ["/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc"];

/**
 * A command under bubblewrap: the store, the named directories, a network, nothing else of the host. Build steps of
 * others' packages run in it, so it is on wherever the operator has not switched sandboxes off.
 */
export function sandboxed(parts: SandboxParts, argv: Argv): Argv {
  const { tools, user } = parts;
  const shown = parts.withHost ? hostDirectories : networkFiles;
  const binds = [
    ...["/nix/store", ...parts.readable, ...shown.filter((path) => existsSync(path))].flatMap(
      (path) => ["--ro-bind", path, path],
    ),
    ...parts.writable.flatMap((path) => ["--bind", path, path]),
  ];
  const plain = parts.withHost
    ? []
    : [
        ...["--symlink", `${tools.dir}/bin/sh`, "/bin/sh"],
        ...["--symlink", `${tools.dir}/bin/env`, "/usr/bin/env"],
      ];
  return [
    ...dropTo(user),
    `${tools.dir}/bin/bwrap`,
    ...["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--die-with-parent", "--new-session"],
    ...["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--chdir", parts.cwd],
    // After /tmp: a home below it must stay visible.
    ...binds,
    ...plain,
    "--",
    ...argv,
  ];
}

/** Gone when the control plane goes, and never root. setpriv is part of util-linux. */
export function dropTo(user: SandboxParts["user"]): [string, ...string[]] {
  const drop =
    user === undefined
      ? []
      : ["--reuid", String(user.uid), "--regid", String(user.gid), "--clear-groups"];
  return ["/usr/bin/setpriv", "--pdeathsig", "KILL", "--no-new-privs", ...drop, "--"];
}
