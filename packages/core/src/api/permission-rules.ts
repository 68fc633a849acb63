import { appOfPreview } from "../name-rules.ts";

/**
 * Who may do what, without the schema library: `@hop3/core/permissions` is read by the web page too.
 */

/** From the least to the most: each role may all that the one before it may. */
export const roles = ["viewer", "developer", "operator", "owner"] as const;
type RoleName = (typeof roles)[number];

/**
 * Everything that may be allowed, with the least role that has it and where it counts: `app` for one app, `server` for
 * whoever has the role for all apps, `anywhere` for whoever has it for at least one.
 */
export const permissions = {
  "app.read": { least: "viewer", where: "app" },
  "app.logs": { least: "viewer", where: "app" },
  "app.deploy": { least: "developer", where: "app" },
  "app.configure": { least: "developer", where: "app" },
  "app.reveal": { least: "developer", where: "app" },
  "app.run": { least: "developer", where: "app" },
  "app.export": { least: "developer", where: "app" },
  "app.destroy": { least: "operator", where: "app" },
  "audit.read": { least: "operator", where: "app" },
  "server.read": { least: "viewer", where: "anywhere" },
  "nix.use": { least: "developer", where: "anywhere" },
  "server.inspect": { least: "viewer", where: "server" },
  "server.manage": { least: "operator", where: "server" },
  // Whoever adds code to the server may do all that the server may.
  "plugins.manage": { least: "owner", where: "server" },
  "users.read": { least: "operator", where: "server" },
  "users.manage": { least: "owner", where: "server" },
} as const satisfies Record<string, { least: RoleName; where: "app" | "server" | "anywhere" }>;

type PermissionName = keyof typeof permissions;

/** A role or a single permission, for one app or, without one, for all. */
interface Granted {
  readonly allow: RoleName | PermissionName;
  readonly app?: string | undefined;
}

/** Whether what was granted allows this; `app` where it is about one. */
export function allows(
  grants: readonly Granted[],
  permission: PermissionName,
  app?: string | undefined,
): boolean {
  const { where } = permissions[permission];
  // Whoever works on an app works on its previews, which come and go.
  const shown = app === undefined ? undefined : appOfPreview(app);
  const isMeant = (named: string): boolean => named === app || named === shown;
  return grants.some((grant) => {
    if (!contains(grant.allow, permission)) return false;
    return (
      where === "anywhere" || grant.app === undefined || (where === "app" && isMeant(grant.app))
    );
  });
}

function contains(allow: Granted["allow"], permission: PermissionName): boolean {
  const role = roles.find((name) => name === allow);
  if (role === undefined) return allow === permission || isImplied(permission, allow);
  return roles.indexOf(role) >= roles.indexOf(permissions[permission].least);
}

/** Whoever may do something with an app sees what came of it, and the server that it is on. */
function isImplied(permission: PermissionName, allow: Granted["allow"]): boolean {
  if (permission === "server.read") return true;
  return permission === "app.read" && allow.startsWith("app.");
}
