import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { create } from "tar";

export interface PackageParts {
  readonly name: string;
  readonly version?: string;
  /** What the module says. */
  readonly source: string;
  readonly manifest?: Readonly<Record<string, unknown>>;
  readonly files?: Readonly<Record<string, string>>;
}

/** A tarball as `npm pack` makes it; returns the file. */
export async function packPlugin(parts: PackageParts): Promise<string> {
  const { name, version = "1.0.0", source, manifest = {}, files = {} } = parts;
  const dir = await mkdtemp(join(tmpdir(), "hop3-plugin-"));
  const base = { name, version, type: "module", exports: "./index.js" };
  const said = { ...base, peerDependencies: { hop3: ">=0.1.0 <1.0.0" }, ...manifest };
  const all = { ...files, "package.json": JSON.stringify(said), "index.js": source };
  for (const [path, text] of Object.entries(all)) {
    const file = join(dir, "package", path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  const file = join(dir, `${name.replace(/\W+/g, "-")}-${version}.tgz`);
  await create({ file, cwd: dir, gzip: true, portable: true }, ["package"]);
  return file;
}
