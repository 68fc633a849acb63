import { z } from "@hono/zod-openapi";
import type { App } from "../db/apps.ts";
import type { Release } from "../db/releases.ts";
import { requireRelease } from "../deploy/current-release.ts";
import { AppParams } from "./openapi.ts";
import type { Service } from "./service.ts";

export const ReleaseNumber = z.coerce.number().int().positive();
export const ReleaseParams = AppParams.extend({ number: ReleaseNumber });

/** The Release that a path names, with its App; the failure says which of them there is not. */
export function releaseOf(
  { platform, deployer }: Pick<Service, "platform" | "deployer">,
  params: z.infer<typeof ReleaseParams>,
): { readonly app: App; readonly release: Release } {
  const app = deployer.requireApp(params.app);
  return { app, release: requireRelease(platform, app, params.number) };
}
