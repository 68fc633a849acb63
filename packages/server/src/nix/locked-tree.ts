import { realpath } from "node:fs/promises";
import { z } from "zod";
import { narHash } from "./nar-hash.ts";

/** A directory that enters pure evaluation by its hash, through builtins.fetchTree. */
export const LockedTree = z.strictObject({ path: z.string().startsWith("/"), narHash: z.string() });
export type LockedTree = z.infer<typeof LockedTree>;

/** By its real path: later versions of Nix refuse one that leads through a link. */
export async function lockTree(path: string): Promise<LockedTree> {
  const real = await realpath(path);
  return { path: real, narHash: await narHash(real) };
}
