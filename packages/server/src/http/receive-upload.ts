import { mkdir, rm, writeFile } from "node:fs/promises";
import type { Deployment } from "../db/deployments.ts";
import { toFailure } from "../deploy/errors.ts";
import type { Platform } from "../deploy/platform.ts";
import { uploadPaths } from "../deploy/receive.ts";
import { deploymentNotFound } from "./errors.ts";
import { receiveBody } from "./receive-body.ts";
import type { Service } from "./service.ts";

/** Writes the upload of a declared Deployment; where that fails, the Deployment has failed. */
export async function receiveUpload(
  { platform }: Pick<Service, "platform">,
  deployment: Deployment,
  body: ReadableStream | null,
): Promise<void> {
  const paths = uploadPaths(platform.home.uploads, deployment.id);
  try {
    await mkdir(paths.dir, { recursive: true, mode: 0o700 });
    await receiveBody(body, paths.archive, platform.settings.policy["max-upload-bytes"]);
    // Its app may have been destroyed meanwhile.
    if (platform.deployments.find(deployment.id) === undefined) {
      throw deploymentNotFound({ id: String(deployment.id) });
    }
  } catch (error) {
    await rm(paths.dir, { recursive: true, force: true });
    failDeclared(platform, deployment, error);
    throw error;
  }
}

/** Ends a Deployment that never came to its turn, for whoever watches it too. */
function failDeclared(platform: Platform, { id, appId }: Deployment, error: unknown): void {
  const failure = toFailure(error);
  platform.deployments.end(id, "failed", { at: platform.now().toISOString(), failure });
  const app = platform.apps.findById(appId);
  if (app === undefined) return;
  const home = platform.home.app(app.name);
  platform.timelines.append(home, id, { type: "end", state: "failed", failure });
}

/** Where the upload will be: a Deployment that is taken up again after a restart knows it too. */
export async function keepPath(
  platform: Platform,
  { id }: Deployment,
  path: string,
): Promise<void> {
  const { dir, below } = uploadPaths(platform.home.uploads, id);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await writeFile(below, path, { mode: 0o600 });
}

/** Names the upload whose files the Deployment takes, for the same reason. */
export async function keepUpload(
  platform: Platform,
  { id }: Deployment,
  upload: string,
): Promise<void> {
  const { dir, name } = uploadPaths(platform.home.uploads, id);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await writeFile(name, upload, { mode: 0o600 });
}
