// node scripts/generate-reference.ts: writes the pages of docs/reference that are made from schemas.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeApiReference } from "./reference/api-reference.ts";
import { makeConfigReference, makeConfigSchema } from "./reference/config-reference.ts";
import { makePluginApiReference } from "./reference/plugin-api-reference.ts";
import { makeTemplatesReference } from "./reference/templates-reference.ts";

const reference = join(import.meta.dirname, "../docs/reference");

await mkdir(reference, { recursive: true });
await writeFile(join(reference, "hop3-toml.md"), makeConfigReference());
await writeFile(join(reference, "hop3.schema.json"), makeConfigSchema());
await writeFile(join(reference, "templates.md"), makeTemplatesReference());
await writeFile(join(reference, "plugin-api.md"), makePluginApiReference());
await writeFile(join(reference, "api.md"), await makeApiReference());
