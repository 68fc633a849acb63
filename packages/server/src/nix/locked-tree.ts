import { z } from "zod";
import { narHash } from "./nar-hash.ts";

/** A directory that enters pure evaluation by its hash, through builtins.fetchTree. */
export const LockedTree = z.strictObject({ path: z.string().startsWith("/"), narHash: z.string() });
export type LockedTree = z.infer<typeof LockedTree>;

export async function lockTree(path: string): Promise<LockedTree> {
  return { path, narHash: await narHash(path) };
}
