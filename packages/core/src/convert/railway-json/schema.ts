import { z } from "zod";
import { dropped } from "../check-document.ts";

const text = z.string();
const Commands = z.union([text, z.array(text)]);
const oneMachine = "an app runs on the machine of its server";
const image = "Hop3 builds without Docker; hop3 init --from dockerfile reads that file";

const Build = z.strictObject({
  builder: text.optional(),
  buildCommand: text.optional(),
  dockerfilePath: dropped(image),
  watchPatterns: dropped("every deploy is asked for, and an unchanged Source is not built again"),
  nixpacksPlan: dropped("write it as nixpacks.toml and run hop3 init --from nixpacks-toml"),
  nixpacksConfigPath: dropped("run hop3 init --from nixpacks-toml for nixpacks.toml"),
  nixpacksVersion: dropped("the version of a builder is that of the platform"),
  railpackVersion: dropped("the version of a builder is that of the platform"),
});

const Deploy = z.strictObject({
  startCommand: text.nullish(),
  preDeployCommand: Commands.nullish(),
  healthcheckPath: text.nullish(),
  healthcheckTimeout: z.number().min(0).nullish(),
  numReplicas: z.int().min(0).nullish(),
  cronSchedule: text.nullish(),
  drainingSeconds: z.number().min(0).nullish(),
  overlapSeconds: dropped("the old Release serves until the new one answers, however long that is"),
  restartPolicyType: text.optional(),
  restartPolicyMaxRetries: dropped("a process that ends is always started again"),
  region: dropped(oneMachine),
  multiRegionConfig: dropped(oneMachine),
  sleepApplication: dropped("apps do not sleep"),
  runtime: dropped("there is one way to run a Release"),
  limitOverride: dropped("write [limits], which counts for one process"),
  requiredMountPath: dropped("write [[volumes]] with this path as target"),
  useLegacyStacker: dropped("it is about Railway's own build"),
  ipv6EgressEnabled: dropped("network of a process is that of the machine"),
  registryCredentials: dropped("no images are pulled"),
});

/** `railway.json` or `railway.toml`. */
export const RailwayJson = z.strictObject({
  $schema: z.unknown().optional(),
  build: Build.optional(),
  deploy: Deploy.optional(),
  environments: dropped("[contexts] is for variants; only the outer part is read"),
});
export type RailwayJson = z.infer<typeof RailwayJson>;
