import type { LanguageToolchain } from "../build/local/toolchain.ts";
import { staticToolchain } from "./static.ts";

/** Every toolchain built in; which of them takes a Source is decided in the Plan (core/toolchains). */
export const toolchains: readonly LanguageToolchain[] = [staticToolchain];
