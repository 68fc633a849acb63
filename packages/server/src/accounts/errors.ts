import { defineError, ExitCode, type Permission, permissions } from "@hop3/core";

export const notSignedIn = defineError<{ reason: string }>({
  code: "NOT_SIGNED_IN",
  exitCode: ExitCode.notSignedIn,
  status: 401,
  message: ({ reason }) => `this request needs a token or a session, and ${reason}`,
  hint: () =>
    "Sign in: hop3 login URL; or on the server: hop3 server token, then set HOP3_TOKEN; or use the local socket",
});

export const notAllowed = defineError<{
  actor: string;
  permission: Permission;
  app: string | undefined;
}>({
  code: "NOT_ALLOWED",
  exitCode: ExitCode.notAllowed,
  status: 403,
  message: ({ actor, permission, app }) =>
    `${actor} may not do this${app === undefined ? "" : ` with '${app}'`}: it needs ${permission}`,
  hint: ({ permission, app }) => {
    const { least, where } = permissions[permission];
    const scope = where === "app" && app !== undefined ? ` --app ${app}` : "";
    return `An owner can give the role: hop3 users role NAME ${least}${scope}`;
  },
});
