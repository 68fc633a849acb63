import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const Manifest = z.object({ version: z.string() });

/** One number for all packages of the workspace. */
export const version: string = Manifest.parse(
  JSON.parse(readFileSync(join(import.meta.dirname, "../package.json"), "utf8")),
).version;
