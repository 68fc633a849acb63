import { defineError, ExitCode, type SourceTree } from "@hop3/core";
import type { z } from "zod";

export const manifestInvalid = defineError<{ file: string; reason: string }>({
  code: "MANIFEST_INVALID",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ file, reason }) => `${file} cannot be read: ${reason}`,
  hint: ({ file }) => `Correct ${file}; the language's own tool says more about it`,
  place: ({ file }) => ({ file }),
});

/** A manifest in JSON, as far as a toolchain needs it. */
export async function readManifest<T>(
  tree: SourceTree,
  file: string,
  schema: z.ZodType<T>,
): Promise<T> {
  const text = await tree.readText(file);
  const parsed = schema.safeParse(parse(file, text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw manifestInvalid({ file, reason: `${issue?.path.join(".")}: ${issue?.message}` });
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw manifestInvalid({ file, reason: error instanceof Error ? error.message : "not JSON" });
  }
}
