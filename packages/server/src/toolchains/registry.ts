import { toolchainDetectors } from "@hop3/core";
import type { LanguageToolchain, ToolchainBuild } from "@hop3/core/plugin";
import { goToolchain } from "./go.ts";
import { javaToolchain } from "./java.ts";
import { nodeToolchain } from "./node.ts";
import { phpToolchain } from "./php.ts";
import { pythonToolchain } from "./python.ts";
import { rubyToolchain } from "./ruby.ts";
import { rustToolchain } from "./rust.ts";
import { staticToolchain } from "./static.ts";

const builds: ReadonlyMap<string, ToolchainBuild> = new Map(
  [
    pythonToolchain,
    rubyToolchain,
    phpToolchain,
    goToolchain,
    rustToolchain,
    javaToolchain,
    nodeToolchain,
    staticToolchain,
  ].map((toolchain) => [toolchain.name, toolchain]),
);

/** Every toolchain built in: what the Plan asks (core/toolchains), and what builds. */
export const toolchains: readonly LanguageToolchain[] = toolchainDetectors.map((detector) => {
  const build = builds.get(detector.name);
  if (build === undefined) throw new Error(`nothing builds ${detector.name}`);
  return { ...detector, ...build };
});
