import { z } from "zod";
import { AppName } from "../names.ts";
import { Grant, Role } from "./permissions.ts";

/** Shapes of the API that are about people: accounts, tokens, sessions, the audit log. */

const When = z.iso.datetime();

/** Lower case, so that two names cannot differ by case; addresses of mail are fine. */
export const UserName = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9._@+-]{0,62}[a-z0-9])?$/,
    "is not a name: lower case letters, digits and . _ @ + - between them, at most 64",
  );
export type UserName = z.infer<typeof UserName>;

/** Long enough to be worth hashing, short enough not to be an attack on the hash. */
export const Password = z
  .string()
  .min(10, "has fewer than 10 characters")
  .max(256, "has more than 256 characters");
export type Password = z.infer<typeof Password>;

/** The role of a user, for one app or for all. */
export const UserRole = z.strictObject({ role: Role, app: AppName.optional() });
export type UserRole = z.infer<typeof UserRole>;

export const UserInfo = z.strictObject({
  name: UserName,
  roles: z.array(UserRole),
  createdAt: When,
  /** Which ways to sign in the account has. */
  password: z.boolean(),
  totp: z.boolean(),
  passkeys: z.int(),
  lastSignInAt: When.optional(),
});
export type UserInfo = z.infer<typeof UserInfo>;

/** A link that works once, until it expires. */
export const InviteInfo = z.strictObject({
  kind: z.enum(["first", "invite", "reset"]),
  name: UserName.optional(),
  roles: z.array(UserRole),
  expiresAt: When,
});
export type InviteInfo = z.infer<typeof InviteInfo>;

/** Who has an account, by name, and who is invited to make one. */
export const UserList = z.strictObject({
  users: z.array(UserInfo),
  /** Links that still work, by name. */
  invites: z.array(InviteInfo).default([]),
});
export type UserList = z.infer<typeof UserList>;

export const InviteCreated = InviteInfo.extend({ secret: z.string(), url: z.string() });
export type InviteCreated = z.infer<typeof InviteCreated>;

export const InviteRequest = z.strictObject({
  name: UserName,
  roles: z.array(UserRole).default([]),
  hours: z.int().min(1).max(720).default(72),
});
export type InviteRequest = z.infer<typeof InviteRequest>;

export const UserRequest = z.strictObject({
  name: UserName,
  password: Password,
  roles: z.array(UserRole).default([]),
});
export type UserRequest = z.infer<typeof UserRequest>;

/** `null` takes the role away. */
export const RoleChange = z.strictObject({ role: Role.nullable(), app: AppName.optional() });
export type RoleChange = z.infer<typeof RoleChange>;

export const SignInRequest = z.strictObject({
  name: z.string().max(256),
  password: z.string().max(1024),
  /** Of an authenticator app, or a recovery code, where the account has a second factor. */
  code: z.string().max(64).optional(),
});
export type SignInRequest = z.infer<typeof SignInRequest>;

export const AcceptRequest = z.strictObject({
  secret: z.string().max(256),
  name: UserName.optional(),
  password: Password,
});
export type AcceptRequest = z.infer<typeof AcceptRequest>;

/** Who asks, and what they may. */
export const Identity = z.strictObject({
  kind: z.enum(["machine", "token", "session", "key"]),
  user: UserName.optional(),
  /** Name of the token, where one was sent. */
  token: z.string().optional(),
  grants: z.array(Grant),
  /** What the token leaves of them; absent where it takes nothing away. */
  scopes: z.array(Grant).optional(),
});
export type Identity = z.infer<typeof Identity>;

const TokenName = z
  .string()
  .regex(/^[\w .@:/-]{1,100}$/, "is not a name: 1 to 100 letters, digits, spaces and . _ @ : / -");

export const TokenInfo = z.strictObject({
  id: z.string(),
  name: z.string(),
  user: UserName.optional(),
  /** Absent: everything its user may. */
  scopes: z.array(Grant).optional(),
  createdAt: When,
  expiresAt: When.optional(),
  lastUsedAt: When.optional(),
});
export type TokenInfo = z.infer<typeof TokenInfo>;

export const TokenRequest = z.strictObject({
  name: TokenName,
  scopes: z.array(Grant).min(1).optional(),
  days: z.int().min(1).max(3650).optional(),
});
export type TokenRequest = z.infer<typeof TokenRequest>;

/** The only time that the token itself is told. */
export const TokenCreated = TokenInfo.extend({ token: z.string() });
export type TokenCreated = z.infer<typeof TokenCreated>;

export const SessionInfo = z.strictObject({
  id: z.string(),
  createdAt: When,
  lastUsedAt: When,
  expiresAt: When,
  address: z.string(),
  agent: z.string(),
  current: z.boolean(),
});
export type SessionInfo = z.infer<typeof SessionInfo>;

export const TotpSetup = z.strictObject({ secret: z.string(), uri: z.string() });
export type TotpSetup = z.infer<typeof TotpSetup>;

export const RecoveryCodes = z.strictObject({ codes: z.array(z.string()) });
export type RecoveryCodes = z.infer<typeof RecoveryCodes>;

export const PasskeyInfo = z.strictObject({
  id: z.string(),
  name: z.string(),
  createdAt: When,
  lastUsedAt: When.optional(),
});
export type PasskeyInfo = z.infer<typeof PasskeyInfo>;

/** One line of the audit log. Values of secrets are never part of it, only their names. */
export const AuditEntry = z.strictObject({
  id: z.int(),
  at: When,
  /** A user, `token NAME` of the machine's own, `machine` for the local socket, or a name that tried to sign in. */
  actor: z.string(),
  /** How: `session`, `token NAME`, `key`, `machine`, or `none` for whoever is not signed in. */
  via: z.string(),
  address: z.string(),
  action: z.string(),
  app: z.string().optional(),
  target: z.string().optional(),
  outcome: z.enum(["done", "refused", "failed"]),
  before: z.string().optional(),
  after: z.string().optional(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

export const AuditPage = z.strictObject({
  entries: z.array(AuditEntry),
  /** `before` of the request for the page after this one. */
  next: z.int().optional(),
});
export type AuditPage = z.infer<typeof AuditPage>;

/** What a browser's `navigator.credentials` gives or wants, as JSON; the parts are WebAuthn's. */
export const PasskeyOptions = z.looseObject({ challenge: z.string() });
export type PasskeyOptions = z.infer<typeof PasskeyOptions>;

export const PasskeyResponse = z.looseObject({
  id: z.string().max(2048),
  rawId: z.string().max(2048),
  type: z.literal("public-key"),
  response: z.looseObject({ clientDataJSON: z.string().max(8192) }),
});
export type PasskeyResponse = z.infer<typeof PasskeyResponse>;
