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

export const scopeMissing = defineError<{
  token: string;
  permission: Permission;
  app: string | undefined;
}>({
  code: "SCOPE_MISSING",
  exitCode: ExitCode.notAllowed,
  status: 403,
  message: ({ token, permission, app }) =>
    `the token '${token}' may not do this${app === undefined ? "" : ` with '${app}'`}: it needs ${permission}`,
  hint: ({ permission, app }) =>
    `Its user may: hop3 tokens create NAME ${permission}${app === undefined ? "" : `:${app}`}`,
});

export const signInFailed = defineError<Record<string, never>>({
  code: "SIGN_IN_FAILED",
  exitCode: ExitCode.notSignedIn,
  status: 401,
  message: () => "name, password or code is wrong",
  hint: () => "An owner can send you a link for a new password: hop3 users reset NAME",
});

export const secondFactorNeeded = defineError<Record<string, never>>({
  code: "SECOND_FACTOR_NEEDED",
  exitCode: ExitCode.notSignedIn,
  status: 401,
  message: () => "this account wants a code beside the password",
  hint: () => "Send the code of the authenticator app, or one of the recovery codes, as `code`",
});

export const signInLimited = defineError<{ seconds: number }>({
  code: "SIGN_IN_LIMITED",
  exitCode: ExitCode.notSignedIn,
  status: 429,
  message: ({ seconds }) => `too many tries to sign in: the next one counts in ${seconds} s`,
  hint: () => "Wait as long; tries before that are not looked at",
});

export const signInBusy = defineError<Record<string, never>>({
  code: "SIGN_IN_BUSY",
  exitCode: ExitCode.unreachable,
  status: 503,
  message: () => "too many people sign in at this moment",
  hint: () => "Try again in a few seconds",
});

export const inviteInvalid = defineError<Record<string, never>>({
  code: "INVITE_INVALID",
  exitCode: ExitCode.notFound,
  status: 404,
  message: () => "this link is unknown, was used already, or has expired",
  hint: () =>
    "Ask for a new one: hop3 users invite NAME; for the first account start the server again",
});

export const inviteNeedsName = defineError<Record<string, never>>({
  code: "INVITE_NEEDS_NAME",
  exitCode: ExitCode.usage,
  status: 422,
  message: () => "this link is for an account that has no name yet",
  hint: () => "Choose one and send it as `name`",
});

export const userExists = defineError<{ name: string }>({
  code: "USER_EXISTS",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ name }) => `there is a user '${name}' already`,
  hint: ({ name }) =>
    `Another role: hop3 users role ${name} ROLE; a new password: hop3 users reset ${name}`,
});

export const userNotFound = defineError<{ name: string }>({
  code: "USER_NOT_FOUND",
  exitCode: ExitCode.notFound,
  status: 404,
  message: ({ name }) => `there is no user '${name}'`,
  hint: () => "Those there are: hop3 users list",
});

export const lastOwner = defineError<{ name: string }>({
  code: "LAST_OWNER",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ name }) => `'${name}' is the last owner of this server`,
  hint: () => "Make somebody else an owner first: hop3 users role NAME owner",
});

export const accountNeeded = defineError<{ actor: string }>({
  code: "ACCOUNT_NEEDED",
  exitCode: ExitCode.notAllowed,
  status: 403,
  message: ({ actor }) => `${actor} is no user and has no account to look at or change`,
  hint: () => "Sign in as a user: hop3 login URL",
});

export const accountClosed = defineError<{ token: string }>({
  code: "ACCOUNT_CLOSED_TO_TOKEN",
  exitCode: ExitCode.notAllowed,
  status: 403,
  message: ({ token }) => `the token '${token}' has scopes, and none of them is its user's account`,
  hint: () => "Sign in with the password (hop3 login URL), or use a token without scopes",
});

export const passwordWrong = defineError<Record<string, never>>({
  code: "PASSWORD_WRONG",
  exitCode: ExitCode.notAllowed,
  status: 403,
  message: () => "the current password is not right, and this change asks for it",
  hint: () => "Try again; a forgotten one is replaced by an owner: hop3 users reset NAME",
});

export const sessionNotFound = defineError<{ id: string }>({
  code: "SESSION_NOT_FOUND",
  exitCode: ExitCode.notFound,
  status: 404,
  message: ({ id }) => `you have no session ${id}`,
  hint: () => "Those there are: GET /api/v1/account/sessions",
});

export const tokenNotFound = defineError<{ id: string }>({
  code: "TOKEN_NOT_FOUND",
  exitCode: ExitCode.notFound,
  status: 404,
  message: ({ id }) => `there is no token ${id}, or it is not yours`,
  hint: () => "Those there are: hop3 tokens list",
});

export const codeWrong = defineError<Record<string, never>>({
  code: "SECOND_FACTOR_WRONG",
  exitCode: ExitCode.usage,
  status: 422,
  message: () => "this is not the code that the authenticator app should show now",
  hint: () => "Check the clock of the telephone, wait for the next code and try again",
});

export const passkeyRefused = defineError<{ reason: string }>({
  code: "PASSKEY_REFUSED",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ reason }) => `the passkey is not accepted: ${reason}`,
  hint: () =>
    "Begin again; behind a proxy the address of the pages stands in server.toml as [server] url",
});

export const passkeyNotFound = defineError<{ id: string }>({
  code: "PASSKEY_NOT_FOUND",
  exitCode: ExitCode.notFound,
  status: 404,
  message: ({ id }) => `you have no passkey ${id}`,
  hint: () => "Those you have: GET /api/v1/account/passkeys",
});
