/** The command under the App's own user, gone when the control plane goes. setpriv is part of util-linux. */
export function asUser(
  user: { readonly uid: number; readonly gid: number } | undefined,
  argv: readonly [string, ...string[]],
): readonly [string, ...string[]] {
  const drop =
    user === undefined
      ? []
      : [
          "--reuid",
          String(user.uid),
          "--regid",
          String(user.gid),
          "--clear-groups",
          "--inh-caps=-all",
        ];
  return ["/usr/bin/setpriv", "--pdeathsig", "KILL", "--no-new-privs", ...drop, "--", ...argv];
}
