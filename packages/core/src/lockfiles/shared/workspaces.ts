import { z } from "zod";
import { type PackageManifest, parsePackageManifest } from "./npm.ts";
import { insidePath } from "./safe.ts";

/** A package of the app's own tree, beside the root. */
export interface Workspace {
  readonly directory: string;
  readonly manifest: PackageManifest;
}

const Workspaces = z.object({
  workspaces: z
    .union([z.array(z.string()), z.object({ packages: z.array(z.string()).optional() })])
    .optional()
    .catch(undefined),
});

/** Those of the directories with a package.json that the root's `workspaces` names. */
export function findWorkspaces(
  root: string | undefined,
  members: Readonly<Record<string, string>>,
): readonly Workspace[] {
  if (root === undefined) return [];
  const { workspaces = [] } = Workspaces.safeParse(JSON.parse(root)).data ?? {};
  const globs = "length" in workspaces ? workspaces : (workspaces.packages ?? []);
  const patterns = globs.filter((glob) => !glob.startsWith("!")).map(toPattern);
  return Object.entries(members)
    .filter(([path]) => insidePath(path) === path && patterns.some((one) => one.test(path)))
    .map(([directory, text]) => {
      const file = `${directory}/package.json`;
      return { directory, manifest: parsePackageManifest({ file, text }) };
    });
}

/** `packages/*`, `apps/**`: the only wildcards that workspaces are written with. */
function toPattern(glob: string): RegExp {
  const plain = glob.replace(/^\.\//, "").replace(/\/+$/, "");
  const parts = plain.split("/").map((part) => {
    if (part === "**") return "(?:[^/]+/)*[^/]+";
    return part.replaceAll(/[\\^$.+?()[\]{}|]/g, "\\$&").replaceAll("*", "[^/]*");
  });
  return new RegExp(`^${parts.join("/")}$`);
}
