import { z } from "zod";
import { dropped, filledText } from "../check-document.ts";

const text = z.string();
const Scalar = z.union([text, z.number(), z.boolean()]);
const Seconds = z.union([z.number(), text]);
const oneMachine = "an app runs on the machine of its server";
const noMachines = "there are no machines to start and stop; an app always runs";
const onHttps = "the router decides about TLS for all apps";
const image = "Hop3 builds without Docker; hop3 init --from dockerfile reads that file";

const Check = z.strictObject({
  path: text.optional(),
  interval: Seconds.optional(),
  timeout: Seconds.optional(),
  grace_period: Seconds.optional(),
  method: text.optional(),
  type: text.optional(),
  port: dropped("a check asks web where it listens"),
  protocol: dropped("checks use plain HTTP on the machine"),
  headers: dropped("a check sends no headers of its own"),
  tls_skip_verify: dropped("checks use plain HTTP on the machine"),
  tls_server_name: dropped("checks use plain HTTP on the machine"),
  restart_limit: dropped("the supervisor decides when a process is started again"),
  processes: dropped("a check asks web"),
});
export type Check = z.infer<typeof Check>;

const HttpService = z.strictObject({
  internal_port: z.int().optional(),
  processes: z.array(text).optional(),
  checks: z.array(Check).optional(),
  http_checks: z.array(Check).optional(),
  force_https: dropped(onHttps),
  http_options: dropped("the router's settings are the same for all apps"),
  tls_options: dropped(onHttps),
  auto_stop_machines: dropped(noMachines),
  auto_start_machines: dropped(noMachines),
  min_machines_running: dropped(noMachines),
  max_machines_running: dropped(noMachines),
  concurrency: dropped("the router has no limit of requests for one process"),
  machine_checks: dropped("checks are HTTP requests; write [healthcheck] command"),
});

const ServicePort = z.strictObject({
  port: z.int().optional(),
  handlers: z.array(text).optional(),
  force_https: dropped(onHttps),
  start_port: dropped("a range of ports cannot be routed"),
  end_port: dropped("a range of ports cannot be routed"),
  tls_options: dropped(onHttps),
  http_options: dropped("the router's settings are the same for all apps"),
  proxy_proto_options: dropped("the router does not speak the PROXY protocol to apps"),
});

const Service = HttpService.extend({
  protocol: text.optional(),
  ports: z.array(ServicePort).optional(),
  tcp_checks: dropped("a web process is asked over HTTP"),
});
export type Service = z.infer<typeof Service>;

const Mount = z.strictObject({
  source: text.optional(),
  destination: filledText,
  processes: dropped("a volume is there for all workers"),
  initial_size: dropped("a volume has no size of its own"),
  auto_extend_size_threshold: dropped("a volume has no size of its own"),
  auto_extend_size_increment: dropped("a volume has no size of its own"),
  auto_extend_size_limit: dropped("a volume has no size of its own"),
  snapshot_retention: dropped("write [backup] retention"),
  scheduled_snapshots: dropped("write [backup] schedule"),
});

const Machine = z.strictObject({
  memory: z.union([text, z.number()]).optional(),
  memory_mb: z.int().positive().optional(),
  cpus: z.number().optional(),
  size: dropped("Hop3 has no sizes; [limits] says what a process may use"),
  cpu_kind: dropped("processors are those of the machine"),
  gpu_kind: dropped("there is no access to graphics processors"),
  gpus: dropped("there is no access to graphics processors"),
  kernel_args: dropped("an app has no kernel of its own"),
  host_dedication_id: dropped(oneMachine),
  processes: z.array(text).optional(),
});

const oneOrMany = <Schema extends z.ZodType>(schema: Schema) => z.union([z.array(schema), schema]);

/** `fly.toml`. */
export const FlyToml = z.strictObject({
  app: text.optional(),
  build: z
    .strictObject({
      builder: text.optional(),
      buildpacks: z.array(text).optional(),
      image: dropped("Hop3 builds the app from its source"),
      dockerfile: dropped(image),
      ignorefile: dropped("name what to leave out in .hop3ignore"),
      "build-target": dropped(image),
      args: dropped("a build has no arguments; write hop3.nix to make a choice"),
      settings: dropped("they belong to Fly's own builder"),
      builtin: dropped("Hop3 looks for itself what the app is written in"),
      compression: dropped("there are no images"),
      compression_level: dropped("there are no images"),
    })
    .optional(),
  env: z.record(text, Scalar).optional(),
  processes: z.record(text, text).optional(),
  http_service: HttpService.optional(),
  services: oneOrMany(Service).optional(),
  deploy: z
    .strictObject({
      release_command: text.optional(),
      strategy: text.optional(),
      release_command_timeout: dropped("a command before a Release has the time of the deployment"),
      release_command_vm: dropped("Hop3 has no sizes"),
      wait_timeout: dropped("write [run] start-timeout"),
      max_unavailable: dropped("the old Release serves until the new one answers"),
    })
    .optional(),
  mounts: oneOrMany(Mount).optional(),
  statics: z
    .array(
      z.strictObject({
        guest_path: text,
        url_prefix: text,
        tigris_bucket: dropped("files are served from the Release"),
        index_document: dropped("a directory answers with its index.html"),
      }),
    )
    .optional(),
  vm: oneOrMany(Machine).optional(),
  checks: z.record(text, Check).optional(),
  kill_signal: text.optional(),
  kill_timeout: Seconds.optional(),
  primary_region: dropped(oneMachine),
  swap_size_mb: dropped("swap belongs to the machine"),
  console_command: dropped("hop3 run starts any command"),
  host_dedication_id: dropped(oneMachine),
  experimental: dropped("it is about Fly's own machines"),
  metrics: dropped("Hop3 does not collect the metrics of apps"),
  files: dropped("write the file into the repository, or [[nix.config-files]]"),
  restart: dropped("a process that ends is always started again"),
  machine_config: dropped("it is about Fly's own machines"),
});
export type FlyToml = z.infer<typeof FlyToml>;
