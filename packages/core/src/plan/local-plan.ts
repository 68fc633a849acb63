import { z } from "zod";
import { Command } from "../artifact/runtime-config.ts";
import type { LoadedConfig } from "../config/load.ts";
import type { Commands } from "../config/sections.ts";
import type { ChosenToolchain } from "../toolchains/select-toolchains.ts";

/** What the local builder will do: everything of hop3.toml that it needs is here. */
export const LocalPlan = z.strictObject({
  /** In the order in which they build; the last is the app's own, those before it make assets for it. */
  toolchains: z
    .array(
      z.strictObject({
        name: z.string(),
        role: z.enum(["app", "assets"]),
        /** Directory of its files, relative to the root of the app. */
        dir: z.string(),
        reason: z.string(),
      }),
    )
    .min(1),
  /** Whose programs build: those of the package set, or on purpose those that the host has. */
  source: z.enum(["package-set", "host"]),
  beforeBuild: z.array(Command),
  build: z.array(Command),
  afterBuild: z.array(Command),
  test: z.array(Command),
  /** Further attributes of the package set. */
  packages: z.array(z.string()),
});
export type LocalPlan = z.infer<typeof LocalPlan>;

/** The local half of a Plan. */
export function makeLocalPlan(
  { config }: LoadedConfig,
  toolchains: readonly ChosenToolchain[],
): LocalPlan {
  const { build = {} } = config;
  return {
    toolchains: [...toolchains],
    source: build["toolchain-source"] ?? "package-set",
    beforeBuild: commandsOf(build["before-build"]),
    build: commandsOf(build.build),
    afterBuild: commandsOf(build["after-build"]),
    test: commandsOf(build.test),
    packages: build.packages ?? [],
  };
}

function commandsOf(value: Commands | undefined): Command[] {
  if (value === undefined) return [];
  return typeof value === "string" ? [value] : value;
}
