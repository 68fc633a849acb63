import { z } from "zod";
import { maxInstances } from "../limits.ts";
import { AppName, DomainName, VariableName, WorkerName } from "../names.ts";
import {
  configDefaults,
  Duration,
  explain,
  Generated,
  MergePolicy,
  PositiveDuration,
} from "./values.ts";

const text = z.string().min(1);
const list = z.array(z.string());

/** A string is run by the Release's own shell, a list is started as it is. */
const CommandValue = z.union([z.string().trim().min(1), z.array(z.string()).min(1)]);

/** One command, or several run in order. A list of strings is several commands here, as `before-run` needs. */
const Commands = z.union([z.string().trim().min(1), z.array(CommandValue)]);
export type Commands = z.infer<typeof Commands>;

export const MetadataSection = z.strictObject({
  id: explain(
    AppName.optional(),
    "Name of the app: lower case letters, digits and hyphens, starting with a letter, 2 to 64 characters",
  ),
  name: explain(text.optional(), "Name for people"),
  version: explain(text.optional(), "Version of the app"),
  title: explain(text.optional(), "One line for lists"),
  description: explain(z.string().optional(), "What the app does"),
  author: explain(text.optional(), "Who made it"),
  license: explain(text.optional(), "SPDX name of its licence"),
  homepage: explain(text.optional(), "Address of the project"),
  categories: explain(list.optional(), "Where it stands in the catalogue"),
  tags: explain(list.optional(), "Words to find it by"),
});
export type MetadataSection = z.infer<typeof MetadataSection>;

const BuildNix = z.strictObject({
  file: explain(
    text.optional(),
    "Expression to build, relative to the root of the app",
    configDefaults.nixFile,
  ),
  pure: explain(
    z.boolean().optional(),
    "Evaluate with nothing but the Source and the package set",
    configDefaults.pure,
  ),
  timeout: explain(Duration.optional(), "Longest time of a build", configDefaults.buildTimeout),
  "max-silent-time": explain(
    Duration.optional(),
    "Longest time without output of a build",
    configDefaults.maxSilentTime,
  ),
});

/** `auto`, one that is built in (`nix`, `local`, `docker`), or that of a plug-in. */
export const BuilderName = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/, "expected the name of a builder, such as nix, local or docker");
export type BuilderName = z.infer<typeof BuilderName>;

export const BuildSection = z
  .strictObject({
    method: explain(BuilderName.optional(), "How the app is built", "auto"),
    builder: explain(BuilderName.optional(), "The same as method"),
    toolchain: explain(
      z.union([text, z.array(text).min(1)]).optional(),
      "Language toolchain of the local builder; of several the last is the app's own",
    ),
    "toolchain-source": explain(
      z.enum(["package-set", "host"]).optional(),
      "Whose programs the local builder uses: those of the package set, or those the host has",
      "package-set",
    ),
    "before-build": explain(Commands.optional(), "Commands before the build (local builder)"),
    build: explain(Commands.optional(), "Commands of the build (local builder)"),
    "after-build": explain(Commands.optional(), "Commands after the build (local builder)"),
    test: explain(Commands.optional(), "Commands that test the build (local builder)"),
    packages: explain(list.optional(), "Packages the build needs (local builder)"),
    ignore: explain(list.optional(), "Globs of files that do not belong to the Source"),
    "allow-secrets": explain(list.optional(), "Files that may hold what looks like a secret"),
    nix: explain(BuildNix.optional(), "Settings of the nix builder"),
  })
  .refine(
    (build) =>
      build.method === undefined || build.builder === undefined || build.method === build.builder,
    {
      error: "[build] method and builder mean the same and differ here; keep one of them",
      path: ["builder"],
      when: ({ value }) => typeof value === "object" && value !== null,
    },
  );
export type BuildSection = z.infer<typeof BuildSection>;

const StopSignal = z
  .string()
  .transform((name) => name.replace(/^SIG/, ""))
  .pipe(z.enum(["TERM", "INT", "QUIT", "HUP", "USR1", "USR2", "WINCH"]));

const WorkerTable = z.strictObject({
  command: explain(
    CommandValue.optional(),
    "What to run; without it the rest refines a worker of hop3.nix or Procfile",
  ),
  kind: explain(z.enum(["web", "background", "cron", "static"]).optional(), "What it does"),
  schedule: explain(text.optional(), "When it runs, five fields as in cron"),
  instances: explain(z.int().min(1).max(maxInstances).optional(), "How many run at a time", 1),
  "stop-signal": explain(
    StopSignal.optional(),
    "Signal that asks it to stop: TERM, INT, QUIT, HUP, USR1, USR2 or WINCH",
    "TERM",
  ),
  "stop-timeout": explain(Duration.optional(), "Time from that signal to the kill"),
});
export type WorkerTable = z.infer<typeof WorkerTable>;

export const RunSection = z
  .strictObject({
    start: explain(CommandValue.optional(), "Command of the worker called web"),
    workers: explain(
      z.record(WorkerName, z.union([CommandValue, WorkerTable])).optional(),
      "Every worker by name: a string, a list or a table",
    ),
    "before-run": explain(
      Commands.optional(),
      "Commands run once per Release before any worker starts",
    ),
    "before-run-timeout": explain(
      PositiveDuration.optional(),
      "Longest time of one such command",
      configDefaults.beforeRunTimeout,
    ),
    "start-timeout": explain(
      Duration.optional(),
      "Longest time from start to the first good answer",
      configDefaults.startTimeout,
    ),
    static: explain(
      z.record(z.string().startsWith("/"), text).optional(),
      "URL prefix to directory",
    ),
  })
  .refine((run) => run.start === undefined || run.workers?.["web"] === undefined, {
    error: "[run] start and [run.workers] web both name the command of web; keep one of them",
    path: ["start"],
  });
export type RunSection = z.infer<typeof RunSection>;

/** What the platform knows of an app, to be put into a variable. */
export const EnvFact = z.enum(["domain", "name", "url", "data-dir"]);
export type EnvFact = z.infer<typeof EnvFact>;

const EnvFromFact = z.strictObject({ key: explain(EnvFact, "What the platform knows of the app") });
const EnvFromAddon = z.strictObject({
  from: explain(text, "Name of an addon"),
  key: explain(VariableName, "Variable of that addon"),
});

/** A plain value, or a table that says where the value comes from. */
export const EnvValue = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  Generated,
  EnvFromAddon,
  EnvFromFact,
]);
export type EnvValue = z.infer<typeof EnvValue>;

export const EnvSection = z
  .object({
    _policy: explain(
      MergePolicy.optional(),
      "Whether a value of this file replaces one set by hand",
      configDefaults.policy,
    ),
    computed: explain(
      z.record(VariableName, z.string()).optional(),
      `Values made of others, as \${NAME}`,
    ),
  })
  .catchall(EnvValue)
  .superRefine(checkVariableNames, {
    when: ({ value }) => typeof value === "object" && value !== null,
  });
export type EnvSection = z.infer<typeof EnvSection>;

function checkVariableNames(env: object, context: z.core.$RefinementCtx): void {
  for (const name of Object.keys(env)) {
    if (VariableName.safeParse(name).success) continue;
    const message = `'${name}' cannot be the name of a variable: letters, digits and _, not starting with a digit`;
    context.addIssue({ code: "custom", message, path: [name] });
  }
}

export const HealthcheckSection = z.strictObject({
  protocol: explain(
    z.enum(["http", "tcp"]).optional(),
    "What web speaks; tcp: a connection is enough, and nothing is routed to it",
    "http",
  ),
  port: explain(
    z.int().min(1).max(65_535).optional(),
    "Port to connect to, where it is not $PORT (protocol tcp)",
  ),
  path: explain(z.string().startsWith("/").optional(), "Path that is asked for", "/"),
  status: explain(
    z.union([z.int().min(100).max(599), z.tuple([z.int(), z.int()])]).optional(),
    "Status that counts as healthy, or the lowest and the highest",
    [200, 399],
  ),
  contains: explain(z.string().optional(), "Text the answer has to contain"),
  command: explain(CommandValue.optional(), "Command that has to succeed"),
  interval: explain(Duration.optional(), "Time between two checks"),
  timeout: explain(Duration.optional(), "Longest time of one check"),
  retries: explain(
    z.int().min(0).optional(),
    "Failures in a row before the worker counts as unhealthy",
  ),
  "start-period": explain(Duration.optional(), "Time after start in which failures do not count"),
});
export type HealthcheckSection = z.infer<typeof HealthcheckSection>;

const HostName = z
  .string()
  .toLowerCase()
  .refine((name) => DomainName.safeParse(name).success, {
    error: "expected a host name such as app.example.org, without port and path",
  });

export const DomainsSection = z.strictObject({
  list: explain(z.array(HostName).optional(), "Host names of the app"),
  _policy: explain(
    MergePolicy.optional(),
    "Whether this list replaces domains added by hand",
    configDefaults.policy,
  ),
});
export type DomainsSection = z.infer<typeof DomainsSection>;

export const LimitsSection = z.strictObject({
  memory: explain(
    z
      .union([
        z.int().positive(),
        z.string().regex(/^\d+(?:\.\d+)?\s*(?:[KMGT]i?)?B?$/i, {
          error: 'expected bytes, or a text such as "512M"',
        }),
      ])
      .optional(),
    "Memory of one process",
  ),
  cpu: explain(z.number().positive().optional(), "Processors of one process; 0.5 is half of one"),
  processes: explain(z.int().positive().optional(), "Processes and threads of one worker"),
});
export type LimitsSection = z.infer<typeof LimitsSection>;
