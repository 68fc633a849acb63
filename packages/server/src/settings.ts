import { readFileSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import {
  defineError,
  ExitCode,
  type Place,
  PositiveDuration,
  RequiredTier,
  registryNames,
} from "@hop3/core";
import { parse, TomlError } from "smol-toml";
import { z } from "zod";

const RegistryUrl = z
  .url({ protocol: /^https?$/, error: "is not an address that begins with http:// or https://" })
  .refine((url) => new URL(url).username === "" && new URL(url).password === "", {
    error:
      "has a user name or password in it; write url, username and password as keys of their own",
  });

/** `npm = "https://…"`, or a table with what the registry wants to see before it answers. */
const RegistrySetting = z.preprocess(
  (value) => (typeof value === "string" ? { url: value } : value),
  z
    .strictObject({
      url: RegistryUrl.optional(),
      token: z.string().min(1).optional(),
      username: z.string().min(1).optional(),
      password: z.string().optional(),
    })
    .refine((entry) => (entry.username === undefined) === (entry.password === undefined), {
      error: "has one of username and password, and needs both",
    })
    .refine((entry) => entry.token === undefined || entry.username === undefined, {
      error: "has a token and a user name: only one of them can be sent",
    }),
);
export type RegistrySetting = z.infer<typeof RegistrySetting>;

/** HOP3_HOME/server.toml: what the operator decides. Every key is optional. */
export const ServerSettings = z.strictObject({
  server: z
    .strictObject({
      /** PEM files: with both, the API listens with TLS. */
      "tls-cert": z.string().startsWith("/").optional(),
      "tls-key": z.string().startsWith("/").optional(),
      /** Where people reach this server, where a proxy stands before it: https://hop3.example.org */
      url: z.url({ protocol: /^https?$/ }).optional(),
      /** Addresses of proxies, whose X-Forwarded-For is believed. With a `url` those on this machine are. */
      proxies: z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])).optional(),
      "max-builds": z.int().min(1).default(availableParallelism()),
      "max-apps": z.int().min(1).max(4096).default(512),
      /** One that is built in, or that of a plug-in. */
      supervisor: z.string().default("s6"),
      router: z.string().default("haproxy"),
    })
    .refine((server) => (server["tls-cert"] === undefined) === (server["tls-key"] === undefined), {
      error: "has one of tls-cert and tls-key, and needs both",
    })
    .prefault({}),
  packages: z
    .strictObject({
      set: z.enum(["auto", "debian", "nixpkgs"]).default("auto"),
      "nixpkgs-rev": z.string().optional(),
      "nixpkgs-sha256": z.string().optional(),
      "nixpkgs-path": z.string().startsWith("/").optional(),
    })
    .prefault({}),
  /** Where generated expressions download from; tools' own settings stand in for what is missing. */
  registries: z.partialRecord(z.enum(registryNames), RegistrySetting).prefault({}),
  plugins: z
    .strictObject({
      /** Directories of plug-ins beside those in HOP3_HOME/plugins. */
      load: z.array(z.string().startsWith("/")).default([]),
      /** What each plug-in gets as its settings, by its name; it checks them itself. */
      settings: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
    })
    .prefault({}),
  catalogue: z
    .strictObject({
      /** Address of the index.json of a catalogue that takes the place of the built-in one. */
      url: z.url({ protocol: /^https?$/ }).optional(),
      /** Who has to have signed it: the 32 bytes of an ed25519 key in base64. */
      key: z
        .string()
        .regex(/^[A-Za-z0-9+/]{43}=$/, "is not the base64 of an ed25519 public key")
        .optional(),
    })
    .refine(({ url, key }) => (url === undefined) === (key === undefined), {
      error: "has one of url and key, and needs both",
    })
    .prefault({}),
  git: z
    .strictObject({
      /** `host:port` of our own SSH server for git; without it only the system's sshd leads here. */
      "ssh-listen": z
        .string()
        .regex(/^(?:\[[0-9a-f:]+\]|[^:\s]+):\d{1,5}$/i, "is not HOST:PORT")
        .transform((text) => {
          const colon = text.lastIndexOf(":");
          const host = text.slice(0, colon).replace(/^\[|\]$/g, "");
          return { host, port: Number(text.slice(colon + 1)) };
        })
        .optional(),
      /** Whom the system's sshd logs in for git; without it the user of the server. */
      "ssh-user": z
        .string()
        .regex(/^[a-z_][a-z0-9_-]{0,31}$/)
        .optional(),
      /** The `hop3` that sshd starts for that user. */
      "ssh-command": z.string().startsWith("/").default("/usr/local/bin/hop3"),
    })
    .prefault({}),
  previews: z
    .strictObject({
      /** Of one app at a time. */
      max: z.int().min(0).default(10),
      /** From the last push on. */
      "time-to-live": PositiveDuration.prefault("7d"),
    })
    .prefault({}),
  hooks: z
    .strictObject({
      /** Hosts of internal networks where hooks may fetch from and tell of Deployments: names or addresses. */
      "internal-hosts": z.array(z.string().min(1)).default([]),
    })
    .prefault({}),
  policy: z
    .strictObject({
      /** false lets builds out of the sandbox on a host that has none; such Releases are `unpinned`. */
      sandbox: z.boolean().default(true),
      "allow-impure": z.boolean().default(false),
      /** The least provenance of a new Release; without it any is taken. */
      "require-tier": RequiredTier.optional(),
      /** Public keys of other servers (`name:base64`) whose exported Releases are accepted. */
      "trusted-keys": z.array(z.string().regex(/^[^:\s]+:[A-Za-z0-9+/=]+$/)).default([]),
      "max-upload-bytes": z.int().default(1024 ** 3),
      "max-source-files": z.int().default(100_000),
      /** Whether a push to a name that is no app makes one. */
      "create-on-push": z.boolean().default(true),
    })
    .prefault({}),
});
export type ServerSettings = z.infer<typeof ServerSettings>;

/** Whose word about where a request comes from is believed. */
export function proxiesOf({ proxies, url }: ServerSettings["server"]): readonly string[] {
  return proxies ?? (url === undefined ? [] : ["127.0.0.1", "::1"]);
}

export const settingsInvalid = defineError<{ place: Place; reason: string }>({
  code: "SETTINGS_INVALID",
  exitCode: ExitCode.usage,
  status: 500,
  message: ({ place, reason }) => `${place.file}: ${reason}`,
  hint: () => "The keys of server.toml: docs/guides/server.md",
  place: ({ place }) => place,
});

export function readSettings(file: string): ServerSettings {
  const parsed = ServerSettings.safeParse(readToml(file));
  if (parsed.success) return requirePrivate(file, parsed.data);
  const reason = parsed.error.issues
    .map((issue) => `${issue.path.map(String).join(".")}: ${issue.message}`)
    .join("; ");
  throw settingsInvalid({ place: { file }, reason });
}

/** Apps reach the home's directory, so a file with tokens must be closed to them. */
function requirePrivate(file: string, settings: ServerSettings): ServerSettings {
  const named = Object.entries(settings.registries).find(
    ([, { token, password }]) => token !== undefined || password !== undefined,
  );
  if (named === undefined || (statSync(file).mode & 0o077) === 0) return settings;
  const reason = `it holds what opens the registry ${named[0]}, and others may read it: chmod 600 ${file}`;
  throw settingsInvalid({ place: { file }, reason });
}

function readToml(file: string): unknown {
  try {
    return parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (error instanceof TomlError) {
      const place = { file, line: error.line, column: error.column };
      throw settingsInvalid({ place, reason: error.message.split("\n")[0] ?? "not TOML" });
    }
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    throw error;
  }
}
