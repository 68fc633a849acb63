import { cargoLock } from "./kinds/cargo-lock.ts";
import { composerLock } from "./kinds/composer-lock.ts";
import { gemfileLock } from "./kinds/gemfile-lock.ts";
import { goSum } from "./kinds/go-sum.ts";
import { packageLock } from "./kinds/package-lock.ts";
import { pnpmLock } from "./kinds/pnpm-lock.ts";
import { poetryLock } from "./kinds/poetry-lock.ts";
import { requirements } from "./kinds/requirements.ts";
import { uvLock } from "./kinds/uv-lock.ts";
import { yarnBerry } from "./kinds/yarn-berry.ts";
import { yarnClassic } from "./kinds/yarn-classic.ts";
import type { LockfileKind } from "./lockfile.ts";

/** Every kind of lockfile; where an app has several for one registry, the first wins. */
export const lockfileKinds: readonly LockfileKind[] = [
  packageLock,
  pnpmLock,
  yarnBerry,
  yarnClassic,
  uvLock,
  poetryLock,
  requirements,
  composerLock,
  gemfileLock,
  goSum,
  cargoLock,
];
