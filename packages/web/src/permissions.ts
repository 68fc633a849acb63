import type { Identity, Permission } from "@hop3/core/api";
import { allows } from "@hop3/core/permissions";

/** Whether this identity may; a narrow token has to allow it as well. */
export function allowed(identity: Identity, permission: Permission, app?: string): boolean {
  const { grants, scopes } = identity;
  return (
    allows(grants, permission, app) && (scopes === undefined || allows(scopes, permission, app))
  );
}

/** Whether there is an app, perhaps one that is yet to come, with which this identity may. */
export function allowedSomewhere(identity: Identity, permission: Permission): boolean {
  return [undefined, ...identity.grants.map(({ app }) => app)].some((app) =>
    allowed(identity, permission, app),
  );
}
