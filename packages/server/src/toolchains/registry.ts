import type { LanguageToolchain } from "../build/local/toolchain.ts";
import { nodeToolchain } from "./node.ts";
import { pythonToolchain } from "./python.ts";
import { staticToolchain } from "./static.ts";

/** Every toolchain built in; which of them takes a Source is decided in the Plan (core/toolchains). */
export const toolchains: readonly LanguageToolchain[] = [
  pythonToolchain,
  nodeToolchain,
  staticToolchain,
];
