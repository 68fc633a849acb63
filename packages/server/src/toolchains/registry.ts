import type { LanguageToolchain } from "../build/local/toolchain.ts";
import { goToolchain } from "./go.ts";
import { javaToolchain } from "./java.ts";
import { nodeToolchain } from "./node.ts";
import { phpToolchain } from "./php.ts";
import { pythonToolchain } from "./python.ts";
import { rubyToolchain } from "./ruby.ts";
import { rustToolchain } from "./rust.ts";
import { staticToolchain } from "./static.ts";

/** Every toolchain built in; which of them takes a Source is decided in the Plan (core/toolchains). */
export const toolchains: readonly LanguageToolchain[] = [
  pythonToolchain,
  rubyToolchain,
  phpToolchain,
  goToolchain,
  rustToolchain,
  javaToolchain,
  nodeToolchain,
  staticToolchain,
];
