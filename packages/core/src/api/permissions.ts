import { z } from "zod";
import { AppName } from "../names.ts";

/** From the least to the most: each role may all that the one before it may. */
export const roles = ["viewer", "developer", "operator", "owner"] as const;
export const Role = z.enum(roles);
export type Role = z.infer<typeof Role>;

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
} as const satisfies Record<string, { least: Role; where: "app" | "server" | "anywhere" }>;

export const Permission = z.enum(Object.keys(permissions) as [keyof typeof permissions]);
export type Permission = z.infer<typeof Permission>;

/** A role or a single permission, for one app or, without one, for all. */
export const Grant = z.strictObject({
  allow: z.union([Role, Permission]),
  app: AppName.optional(),
});
export type Grant = z.infer<typeof Grant>;

/** Whether what was granted allows this; `app` where it is about one. */
export function allows(
  grants: readonly Grant[],
  permission: Permission,
  app?: string | undefined,
): boolean {
  const { where } = permissions[permission];
  return grants.some((grant) => {
    if (!contains(grant.allow, permission)) return false;
    return (
      where === "anywhere" || grant.app === undefined || (where === "app" && grant.app === app)
    );
  });
}

function contains(allow: Grant["allow"], permission: Permission): boolean {
  const role = Role.safeParse(allow).data;
  if (role === undefined) return allow === permission;
  return roles.indexOf(role) >= roles.indexOf(permissions[permission].least);
}

/** `developer:shop`, `viewer`, `app.deploy:shop`: how a grant is written. */
export function formatGrant({ allow, app }: Grant): string {
  return app === undefined ? allow : `${allow}:${app}`;
}

/** The grant that a text means; undefined where it means none. */
export function parseGrant(text: string): Grant | undefined {
  const [allow, app, ...rest] = text.split(":");
  if (rest.length > 0) return undefined;
  return Grant.safeParse(app === undefined ? { allow } : { allow, app }).data;
}
