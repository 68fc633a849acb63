import { z } from "zod";
import { dropped, filledText } from "../check-document.ts";

const text = z.string();
const Scalar = z.union([text, z.number(), z.boolean()]);
const oneMachine = "an app runs on the machine of its server";
const noPlans = "Hop3 has no plans; [limits] says what a process may use";
const previewsElsewhere = "previews are asked for with `preview` in [deploy] of hop3.toml";
const noAutoscaling =
  "instances do not change by themselves; write their number in [run.workers], or use hop3 scale";
const fromImage = "Hop3 builds without Docker; hop3 init --from dockerfile reads that file";
const pushed = "a deploy is asked for, with hop3 deploy or git push";

const EnvVar = z.strictObject({
  key: text.optional(),
  value: Scalar.optional(),
  sync: z.boolean().optional(),
  generateValue: z.boolean().optional(),
  previewValue: dropped(previewsElsewhere),
  fromGroup: text.optional(),
  fromDatabase: z.strictObject({ name: filledText, property: text }).optional(),
  fromService: z
    .strictObject({
      name: filledText,
      type: text.optional(),
      property: text.optional(),
      envVarKey: text.optional(),
    })
    .optional(),
});
export type EnvVar = z.infer<typeof EnvVar>;

const Disk = z.strictObject({
  name: text.optional(),
  mountPath: filledText,
  sizeGB: dropped("a volume has no size of its own"),
});

const Service = z.strictObject({
  type: text,
  name: filledText,
  runtime: text.optional(),
  env: text.optional(),
  buildCommand: text.optional(),
  startCommand: text.optional(),
  preDeployCommand: text.optional(),
  initialDeployHook: dropped("write a command that bears being run again as preDeployCommand"),
  dockerCommand: text.optional(),
  schedule: text.optional(),
  staticPublishPath: text.optional(),
  publishPath: text.optional(),
  healthCheckPath: text.optional(),
  numInstances: z.int().optional(),
  domain: text.optional(),
  domains: z.array(text).optional(),
  envVars: z.array(EnvVar).optional(),
  disk: Disk.optional(),
  rootDir: text.optional(),
  maxShutdownDelaySeconds: z.number().min(0).optional(),
  dockerfilePath: dropped(fromImage),
  dockerContext: dropped(fromImage),
  image: dropped("Hop3 builds the app from its source"),
  registryCredential: dropped("no images are pulled"),
  repo: dropped(pushed),
  branch: dropped(pushed),
  autoDeploy: dropped(pushed),
  autoDeployTrigger: dropped(pushed),
  buildFilter: dropped(pushed),
  region: dropped(oneMachine),
  plan: dropped(noPlans),
  scaling: dropped(noAutoscaling),
  previews: dropped(previewsElsewhere),
  pullRequestPreviewsEnabled: dropped(previewsElsewhere),
  previewPlan: dropped(previewsElsewhere),
  headers: dropped("write them in the app, or in front of it"),
  routes: dropped("redirects and rewrites are the app's business"),
  ipAllowList: dropped("a backing service is reached from the machine only"),
  maxmemoryPolicy: dropped("a redis of Hop3 has the settings of the platform"),
  renderSubdomainPolicy: dropped("an app answers as <app>.<domain of the platform>"),
  maintenanceMode: dropped("there is no such mode"),
});
export type Service = z.infer<typeof Service>;

const Database = z.strictObject({
  name: filledText,
  databaseName: dropped("the platform names the database"),
  user: dropped("the platform names the account"),
  postgresMajorVersion: z.union([text, z.number()]).optional(),
  plan: dropped(noPlans),
  previewPlan: dropped(previewsElsewhere),
  region: dropped(oneMachine),
  diskSizeGB: dropped("a database has no size of its own"),
  previewDiskSizeGB: dropped(previewsElsewhere),
  storageAutoscalingEnabled: dropped("a database has no size of its own"),
  ipAllowList: dropped("a database is reached from the machine only"),
  readReplicas: dropped("a database has no replicas"),
  highAvailability: dropped(oneMachine),
});

/** `render.yaml`. */
export const RenderYaml = z.strictObject({
  services: z.array(Service).optional(),
  databases: z.array(Database).optional(),
  envVarGroups: z
    .array(z.strictObject({ name: filledText, envVars: z.array(EnvVar).optional() }))
    .optional(),
  previews: dropped(previewsElsewhere),
  previewsEnabled: dropped(previewsElsewhere),
  previewsExpireAfterDays: dropped(previewsElsewhere),
  projects: dropped("an app has one hop3.toml; move the services of one app to the outer level"),
  ungrouped: dropped("move the services of one app to the outer level"),
  version: dropped("there is one version of hop3.toml"),
});
export type RenderYaml = z.infer<typeof RenderYaml>;
