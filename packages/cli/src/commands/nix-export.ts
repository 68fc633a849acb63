import { stat } from "node:fs/promises";
import { join } from "node:path";
import {
  defineError,
  ExitCode,
  exportPackage,
  plannedExpression,
  usedRegistries,
} from "@hop3/core";
import { line } from "../blocks.ts";
import { at } from "../client.ts";
import type { Answer } from "../command.ts";
import type { Context } from "../context.ts";
import { writeText } from "../files.ts";
import type { Input } from "../input.ts";
import { readNixProject } from "../nix-project.ts";

const exportExists = defineError<{ file: string }>({
  code: "NIX_EXPORT_EXISTS",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ file }) => `${file} is there already`,
  hint: () => "Replace it with --force, or look at it first: nothing was written",
});

const exportNoRegistry = defineError<{ names: readonly string[] }>({
  code: "NIX_EXPORT_REGISTRY",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ names }) =>
    `the package downloads from ${names.join(", ")}, and the server knows no address of it`,
  hint: ({ names }) =>
    `Set [registries] ${names[0] ?? ""} in the server's server.toml: package.nix names the addresses`,
});

/** Writes package.nix in the style of nixpkgs and a flake.nix around it. */
export async function nixExport(input: Input, context: Context): Promise<Answer> {
  const { directory, app, plan, loaded, request } = await readNixProject(input, context);
  const expression = await plannedExpression(plan, request);
  const { metadata = {} } = loaded.config;
  const { packageNix, flakeNix, mainProgram, warnings } = exportPackage({
    expression,
    app: metadata.id ?? app,
    version: metadata.version,
    template: plan.nix.template ?? "",
    metadata,
    registries: await findAddresses(usedRegistries(expression), context),
  });
  const files = { "package.nix": packageNix, "flake.nix": flakeNix };
  if (!input.flag("force")) await refuseExisting(directory, Object.keys(files));
  for (const [name, text] of Object.entries(files)) await writeText(join(directory, name), text);
  return {
    json: { files, mainProgram: mainProgram ?? null, warnings },
    blocks: [
      line({ text: "Wrote", tone: "good" }, ` ${Object.keys(files).join(" and ")}`),
      line(
        "Build it with Nix alone: nix-build -E 'with import <nixpkgs> { }; callPackage ./package.nix { }'",
      ),
      ...warnings.map((text) => line({ text: "warning", tone: "warn" }, `  ${text}`)),
    ],
  };
}

/** Addresses are the server's configuration; an expression that leaves it has to name them. */
async function findAddresses(
  names: readonly string[],
  context: Context,
): Promise<Record<string, string>> {
  if (names.length === 0) return {};
  const request = { path: at`/nix/registries`, signal: context.signal };
  const { registries } = await context.client.json(request, "RegistryAddresses");
  const known: Readonly<Record<string, string | undefined>> = registries;
  const missing = names.filter((name) => known[name] === undefined);
  if (missing.length > 0) throw exportNoRegistry({ names: missing });
  return Object.fromEntries(names.map((name) => [name, known[name] ?? ""]));
}

async function refuseExisting(directory: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const found = await stat(join(directory, name)).catch(() => undefined);
    if (found !== undefined) throw exportExists({ file: name });
  }
}
