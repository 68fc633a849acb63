import { encodeShellWord } from "../../encode/shell.ts";
import { fromNix, variable } from "../../launcher/text.ts";
import type { StringPart } from "../../nix/ast.ts";
import { nix } from "../../nix/build.ts";
import { type AppSpec, defineTemplate, type Rendering } from "../template.ts";
import { templateInput } from "../template-errors.ts";
import { detectStaticSite, siteRoot } from "./detect.ts";

const id = "static-site";
/** Files that are for Hop3, not for visitors. */
const ownFiles = ["hop3.toml", "hop3.nix", "Procfile", ".hop3ignore", ".gitignore"];

/** Pages and files, handed out as they are. */
export const staticSite = defineTemplate({
  id,
  title: "A site of files",
  description: "Serves a directory of pages and files with caddy; nothing is built.",
  tier: "source",
  optional: ["static-root"],
  detect: detectStaticSite,
  render,
});

function render(spec: AppSpec): Rendering {
  const root = rootOf(spec);
  return {
    bindings: [],
    package: nix.call(
      nix.ref("pkgs", "runCommand"),
      nix.string(spec.app),
      nix.attrs({}),
      nix.indented(...copy(root)),
    ),
    names: { APPDIR: nix.string(nix.ref("package"), "/site") },
    command: [
      [fromNix(nix.ref("pkgs", "caddy")), "/bin/caddy"],
      ["file-server"],
      ["--root"],
      [fromNix(nix.ref("package")), "/site"],
      ["--listen"],
      [variable("BIND_ADDRESS"), ":", variable("PORT")],
    ],
  };
}

function copy(root: string): readonly StringPart[] {
  const from = root === "" ? "" : `/${encodeShellWord(root)}`;
  const lines = ["mkdir -p $out\ncp -r ", nix.ref("src"), `${from} $out/site\n`];
  if (root !== "") return lines;
  return [...lines, `chmod u+w $out/site\n(cd $out/site && rm -f ${ownFiles.join(" ")})\n`];
}

function rootOf(spec: AppSpec): string {
  const wanted = spec.section["static-root"]?.replace(/^\.\/|\/+$/g, "").replace(/^\.$/, "");
  if (wanted === undefined) return siteRoot(spec) ?? "";
  const isInside = !wanted.startsWith("/") && !wanted.split("/").includes("..");
  const isThere =
    wanted === "" || spec.tree.paths().some(({ path }) => path.startsWith(`${wanted}/`));
  if (isInside && isThere) return wanted;
  throw templateInput({
    template: id,
    reason: `[nix] static-root '${wanted}' is not a directory of this app`,
    hint: "Name a directory below hop3.toml that holds files; .gitignore may hide it",
    place: spec.scope(["nix", "static-root"]).place,
  });
}
