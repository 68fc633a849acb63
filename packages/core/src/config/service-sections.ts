import { z } from "zod";
import { AddonName, AddonType } from "../names.ts";
import { explain, Generated } from "./values.ts";

const text = z.string().min(1);
const list = z.array(z.string());
const port = z.int().min(1).max(65_535);

const AddonBackup = z.strictObject({
  schedule: explain(text.optional(), "When, five fields as in cron"),
  retention: explain(z.int().positive().optional(), "Backups that are kept"),
});

export const AddonEntry = z.strictObject({
  type: explain(
    AddonType,
    "Kind of service, as a plug-in of the server provides it, such as redis",
  ),
  name: explain(AddonName.optional(), "Name, where an app has several of a kind"),
  version: explain(text.optional(), "Major version"),
  extensions: explain(list.optional(), "Extensions of the database"),
  backup: explain(AddonBackup.optional(), "Backups of this addon"),
});
export type AddonEntry = z.infer<typeof AddonEntry>;

/** What an addon is called within its App. */
export function addonNameOf({ name, type }: Pick<AddonEntry, "name" | "type">): string {
  return name ?? type;
}

export const AddonList = z.array(AddonEntry).superRefine((addons, context) => {
  const names = new Set<string>();
  for (const [index, addon] of addons.entries()) {
    const name = addonNameOf(addon);
    if (names.has(name)) {
      const message = `two addons are called '${name}'; give each a name of its own`;
      context.addIssue({ code: "custom", message, path: [index] });
    }
    names.add(name);
  }
});

/** The older spelling of `[[addons]]`. */
export const ProviderEntry = z.strictObject({
  type: explain(text.optional(), "Kind of service"),
  name: explain(text.optional(), "Kind of service, where type is missing"),
  plan: explain(text.optional(), "No meaning any more"),
  version: explain(text.optional(), "Major version"),
});
export type ProviderEntry = z.infer<typeof ProviderEntry>;

export const VolumeEntry = z
  .strictObject({
    name: explain(text, "Name of the volume"),
    target: explain(text, "Path the app sees"),
    type: explain(z.enum(["persist", "tmpfs", "bind"]).optional(), "What it is", "persist"),
    size: explain(text.optional(), "Size of a tmpfs"),
    source: explain(
      z.string().startsWith("/").optional(),
      "Directory of the host (bind); the operator has to allow it",
    ),
    backup: explain(
      z
        .strictObject({ include: explain(z.boolean().optional(), "Belongs to backups", true) })
        .optional(),
      "Backups of this volume",
    ),
  })
  .refine((volume) => volume.type !== "bind" || volume.source !== undefined, {
    error: "a volume of type bind needs source",
    path: ["type"],
  });
export type VolumeEntry = z.infer<typeof VolumeEntry>;

export const BackupSection = z.strictObject({
  schedule: explain(text.optional(), "When, five fields as in cron"),
  retention: explain(z.int().positive().optional(), "Backups that are kept"),
  paths: explain(list.optional(), "Paths below the data directory"),
  exclude: explain(list.optional(), "Globs that are left out"),
});
export type BackupSection = z.infer<typeof BackupSection>;

const account = {
  username: explain(text.optional(), "Name of the account"),
  email: explain(text.optional(), "Address of the account; operator stands for the operator's own"),
  password: explain(z.union([text, Generated]).optional(), "Password, or how to make it"),
  create: explain(z.union([text, list]).optional(), "Command that creates the account"),
};

export const AdminSection = z.strictObject(account);
export type AdminSection = z.infer<typeof AdminSection>;
export const ProbeSection = z.strictObject(account);
export type ProbeSection = z.infer<typeof ProbeSection>;

const Validation = z.strictObject({
  path: explain(z.string().startsWith("/"), "Path that is asked for"),
  status: explain(z.int().optional(), "Expected status", 200),
  contains: explain(z.string().optional(), "Expected text"),
});

export const TestSection = z.strictObject({
  priority: explain(text.optional(), "How much it matters"),
  tier: explain(text.optional(), "How long it takes"),
  author: explain(text.optional(), "Who keeps it"),
  targets: explain(list.optional(), "Where it runs"),
  covers: explain(list.optional(), "What it exercises"),
  validations: explain(z.array(Validation).optional(), "Requests and their answers"),
});
export type TestSection = z.infer<typeof TestSection>;

export const PortEntry = z.strictObject({
  name: explain(text, "Name of the endpoint"),
  port: explain(port, "Port inside the app"),
  public: explain(port.optional(), "Port on the host"),
  protocol: explain(z.enum(["http", "tcp", "udp"]).optional(), "What is spoken there", "tcp"),
});
export type PortEntry = z.infer<typeof PortEntry>;

export const PortSection = z.record(
  z.string(),
  z.union([
    port,
    z.strictObject({
      container: explain(port.optional(), "Port inside the app"),
      public: explain(port.optional(), "Port on the host"),
    }),
  ]),
);
export type PortSection = z.infer<typeof PortSection>;
