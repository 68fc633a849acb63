import { z } from "zod";
import { maxInstances } from "../limits.ts";
import { VariableName, WorkerName } from "../names.ts";

/** A command: a string is run by the Release's own shell, a list is started as it is. */
export const Command = z.union([z.string().trim().min(1), z.array(z.string()).min(1)]);
export type Command = z.infer<typeof Command>;

export const WorkerKind = z.enum(["web", "background", "cron", "static"]);
export type WorkerKind = z.infer<typeof WorkerKind>;

export const WorkerSpec = z.strictObject({
  command: Command,
  kind: WorkerKind.optional(),
  schedule: z.string().optional(),
  instances: z.int().min(1).max(maxInstances).optional(),
  stop_signal: z.enum(["TERM", "INT", "QUIT", "HUP", "USR1", "USR2", "WINCH"]).optional(),
  /** Seconds between the stop signal and the kill of the whole process group. */
  stop_timeout: z.number().min(0).max(3600).optional(),
});
/** A named command of a Release, and how it is run. */
export type WorkerSpec = z.infer<typeof WorkerSpec>;

/** As users write it: a string, an argument list, or a table. */
export const Worker = z.union([Command, WorkerSpec]);
export type Worker = z.infer<typeof Worker>;

export const Healthcheck = z.strictObject({
  /** `tcp`: a connection is enough, and no HTTP is routed to the worker. */
  protocol: z.enum(["http", "tcp"]).optional(),
  /** Where a worker that speaks no HTTP listens instead of $PORT. */
  port: z.int().min(1).max(65_535).optional(),
  path: z.string().startsWith("/").optional(),
  /** Lowest and highest status that counts as healthy. */
  status: z.union([z.int(), z.tuple([z.int(), z.int()])]).optional(),
  contains: z.string().optional(),
  interval: z.number().positive().optional(),
  timeout: z.number().positive().optional(),
  retries: z.int().min(0).optional(),
  start_period: z.number().min(0).optional(),
});
export type Healthcheck = z.infer<typeof Healthcheck>;

export const Limits = z.strictObject({
  memory: z.string().optional(),
  cpu: z.number().positive().optional(),
  processes: z.int().positive().optional(),
});
export type Limits = z.infer<typeof Limits>;

const AbsolutePath = z.string().startsWith("/");

/** `hop3/runtime.json`, schema 1: all that the run phase needs. Nothing is detected after the build. */
export const RuntimeConfig = z.strictObject({
  schema: z.literal(1),
  env_vars: z.record(VariableName, z.string()),
  /** Absolute directories, the first wins. */
  path_prepend: z.array(AbsolutePath),
  working_dir: AbsolutePath,
  /** The Release's own shell, used for commands that are strings. */
  shell: AbsolutePath,
  workers: z.record(WorkerName, WorkerSpec),
  /** Run once per Release, in order, before any worker. */
  before_run: z.array(Command),
  /** A program that starts every command of the Release: the command's words are its arguments. */
  launcher: AbsolutePath.optional(),
  static_paths: z.record(z.string().startsWith("/"), AbsolutePath),
  healthcheck: Healthcheck,
  /** Paths below the package that must be writable; laid out in the data directory. */
  writable_tree: z.array(z.string()),
  limits: Limits,
});
export type RuntimeConfig = z.infer<typeof RuntimeConfig>;
