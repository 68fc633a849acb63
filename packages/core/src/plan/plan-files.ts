import { readAppJson } from "../convert/app-json/read.ts";
import type { Conversion } from "../convert/conversion.ts";
import { emptyProcfile, type Procfile, parseProcfile } from "../source/procfile.ts";
import type { SourceTree } from "../source/tree.ts";

/** What a Plan reads of a Source beside hop3.toml. */
export interface PlanFiles {
  readonly procfile: Procfile;
  readonly appJson: Conversion | undefined;
  /** Manifests by path: what kind of app this is may depend on what they say. */
  readonly texts: ReadonlyMap<string, string>;
}

const manifests = [
  "package.json",
  "pyproject.toml",
  "requirements.txt",
  "uv.lock",
  "poetry.lock",
  "manage.py",
  "app.py",
  "main.py",
  "wsgi.py",
  "asgi.py",
  "Gemfile",
  "Gemfile.lock",
  "composer.json",
  "go.mod",
  "Cargo.toml",
] as const;

/** No manifest is as large; a larger file is not one. */
const maxSize = 4 * 1024 * 1024;

export async function readPlanFiles(tree: SourceTree): Promise<PlanFiles> {
  const procfile = tree.has("Procfile")
    ? parseProcfile(await tree.readText("Procfile"))
    : emptyProcfile;
  const texts = new Map<string, string>();
  for (const { path, size, link } of tree.paths()) {
    const isManifest = manifests.some((name) => name === path);
    if (isManifest && size <= maxSize && link === undefined) {
      texts.set(path, await tree.readText(path));
    }
  }
  return { procfile, appJson: await readAppJson(tree), texts };
}
