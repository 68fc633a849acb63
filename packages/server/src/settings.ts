import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { defineError, ExitCode, type Place } from "@hop3/core";
import { parse, TomlError } from "smol-toml";
import { z } from "zod";

/** HOP3_HOME/server.toml: what the operator decides. Every key is optional. */
export const ServerSettings = z.strictObject({
  server: z
    .strictObject({
      "max-builds": z.int().min(1).default(availableParallelism()),
      "max-apps": z.int().min(1).max(4096).default(512),
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
  /** Where generated expressions download from; npm's own settings stand in for a missing npm. */
  registries: z
    .strictObject({
      npm: z.url().optional(),
      /** A simple index of Python packages. */
      pypi: z.url().optional(),
    })
    .prefault({}),
  policy: z
    .strictObject({
      /** false lets builds out of the sandbox on a host that has none; such Releases are `unpinned`. */
      sandbox: z.boolean().default(true),
      "allow-impure": z.boolean().default(false),
      "max-upload-bytes": z.int().default(1024 ** 3),
      "max-source-files": z.int().default(100_000),
    })
    .prefault({}),
});
export type ServerSettings = z.infer<typeof ServerSettings>;

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
  if (parsed.success) return parsed.data;
  const reason = parsed.error.issues
    .map((issue) => `${issue.path.map(String).join(".")}: ${issue.message}`)
    .join("; ");
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
