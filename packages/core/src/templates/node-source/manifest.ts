import { z } from "zod";
import type { AppSpec } from "../template.ts";

const Texts = z.record(z.string(), z.string());

/** The parts of package.json that say how an app is built and started. */
const Manifest = z.object({
  name: z.string().optional().catch(undefined),
  scripts: Texts.default({}).catch({}),
  engines: Texts.default({}).catch({}),
  bin: z.union([z.string(), Texts]).optional().catch(undefined),
  packageManager: z.string().optional().catch(undefined),
  pnpm: z
    .object({ onlyBuiltDependencies: z.array(z.string()).optional() })
    .optional()
    .catch(undefined),
});
export type Manifest = z.infer<typeof Manifest>;

/** package.json of the app; the lockfile's reader has refused one that is not JSON. */
export function manifestOf(spec: AppSpec): Manifest {
  return parseManifest(spec.files.get("package.json"));
}

/** What cannot be read says nothing. */
export function parseManifest(text: string | undefined): Manifest {
  const parsed = Manifest.safeParse(parseJson(text ?? "{}"));
  return parsed.success ? parsed.data : Manifest.parse({});
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** Commands that a package.json offers, by name. */
export function commandsOf({
  name = "",
  bin = {},
}: Manifest): readonly (readonly [string, string])[] {
  return typeof bin === "string" ? [[name.replace(/^.*\//, ""), bin]] : Object.entries(bin);
}

/** Tools of a checkout, that neither a build nor a start is the place for. */
const checkoutTools = /\b(?:husky|lefthook|simple-git-hooks|only-allow|is-ci)\b/;

/** Scripts that npm runs after an installation of the app itself. */
export function ownInstallScripts({ scripts }: Manifest): readonly string[] {
  return ["preinstall", "install", "postinstall"].filter((event) => {
    const command = scripts[event];
    return command !== undefined && !checkoutTools.test(command);
  });
}

/** The major version of Node where the project takes one alone: `22`, `22.x`, `^22.1.0`, `>=22 <23`. */
export function wantedMajor({ engines }: Manifest): string | undefined {
  const range = engines["node"]?.trim() ?? "";
  const single = /^(?:[v=^~ ]*)(\d+)(?:\.(?:\d+|x|\*)){0,2}$/.exec(range)?.[1];
  if (single !== undefined) return single;
  const [, from, to] = /^>= ?(\d+)[\d.]* +<= ?(\d+)[.x\d]*$/.exec(range) ?? [];
  if (from !== undefined && from === to) return from;
  const [, low, high] = /^>= ?(\d+)[\d.]* +< ?(\d+)(?:\.0)*$/.exec(range) ?? [];
  return low !== undefined && Number(high) === Number(low) + 1 ? low : undefined;
}
