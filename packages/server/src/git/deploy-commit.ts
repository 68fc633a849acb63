import { randomBytes } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { App } from "../db/apps.ts";
import type { Deployment } from "../db/deployments.ts";
import type { Deployer } from "../deploy/deployer.ts";
import type { Platform } from "../deploy/platform.ts";
import { uploadPaths } from "../deploy/receive.ts";
import type { CommitRequest } from "./commit-files.ts";
import { exportCommit } from "./export-commit.ts";
import type { GitProgram } from "./git-program.ts";

export interface CommitParts {
  readonly platform: Platform;
  readonly deployer: Deployer;
  readonly git: GitProgram;
}

interface DeclaredCommit extends Omit<CommitRequest, "limits"> {
  readonly app: App;
}

/** A Deployment whose upload is the commit. What is wrong with the commit fails before there is one. */
export async function declareCommit(
  { platform, deployer, git }: CommitParts,
  { app, ...request }: DeclaredCommit,
): Promise<Deployment> {
  const { policy } = platform.settings;
  const aside = join(platform.home.uploads, `git-${randomBytes(8).toString("hex")}.tgz`);
  const limits = { maxBytes: policy["max-upload-bytes"], maxFiles: policy["max-source-files"] };
  try {
    await exportCommit(git, { ...request, limits }, aside);
    const deployment = deployer.declare(app);
    const { archive } = uploadPaths(platform.home.uploads, deployment.id);
    await mkdir(dirname(archive), { recursive: true, mode: 0o700 });
    await rename(aside, archive);
    return deployment;
  } finally {
    await rm(aside, { force: true });
  }
}
