import { readlink, rename, symlink } from "node:fs/promises";
import { basename } from "node:path";

/** Points `link` to the directory `target` beside it in one step, as no directory can be replaced. Returns the name it led to before. */
export async function switchLink(link: string, target: string): Promise<string | undefined> {
  const before = await readlink(link).catch(() => undefined);
  const aside = `${target}.link`;
  await symlink(basename(target), aside);
  await rename(aside, link);
  return before;
}
