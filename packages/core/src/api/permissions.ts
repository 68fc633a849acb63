import { z } from "zod";
import { AppName } from "../names.ts";
import { permissions, roles } from "./permission-rules.ts";

export { allows, permissions, roles } from "./permission-rules.ts";

export const Role = z.enum(roles);
export type Role = z.infer<typeof Role>;

export const Permission = z.enum(Object.keys(permissions) as [keyof typeof permissions]);
export type Permission = z.infer<typeof Permission>;

/** A role or a single permission, for one app or, without one, for all. */
export const Grant = z.strictObject({
  allow: z.union([Role, Permission]),
  app: AppName.optional(),
});
export type Grant = z.infer<typeof Grant>;

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
