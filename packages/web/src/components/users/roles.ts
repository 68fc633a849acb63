import type { Role } from "@hop3/core/api";

/** From the least to the most. */
export const roles: readonly Role[] = ["viewer", "developer", "operator", "owner"];
