import { encodeShellWord } from "../../encode/shell.ts";
import type { LockedLink, Lockfile } from "../../lockfiles/lockfile.ts";
import type { StringPart } from "../../nix/ast.ts";
import { nix } from "../expressions.ts";
import type { AppSpec } from "../template.ts";
import { commandsOf, ownInstallScripts, parseManifest } from "./manifest.ts";
import { devPaths, isOwnLink } from "./modules.ts";
import { membersOf, type NodeProject } from "./project.ts";

/** How the app's files and its modules come together. */
export interface Assembly {
  readonly hasBuild: boolean;
  readonly withDev: boolean;
  /** True where modules are copied, because something writes into them. */
  readonly isCopied: boolean;
}

/** They write into node_modules, or refuse modules that are links out of the app. */
const needCopies = ["@prisma/client", "next", "patch-package", "prisma"];

export function planAssembly({ manifest, lockfile }: NodeProject): Assembly {
  const hasBuild = manifest.scripts["build"] !== undefined;
  const hasScripts = ownInstallScripts(manifest).length > 0;
  const names = new Set(lockfile.packages.map(({ name }) => name));
  const isCopied = hasScripts || (hasBuild && needCopies.some((name) => names.has(name)));
  return { hasBuild, withDev: hasBuild || hasScripts, isCopied };
}

/** The script that makes the app's directory of its files and modules. */
export function assembleScript(
  spec: AppSpec,
  project: NodeProject,
  assembly: Assembly,
): readonly StringPart[] {
  const { hasBuild, isCopied, withDev } = assembly;
  const { lockfile, manifest } = project;
  const own = ownLines(spec, lockfile, withDev);
  const directories = moduleDirectories(lockfile);
  const scripts = ownInstallScripts(manifest);
  const isPlain = !withDev && own.length === 0 && directories.length <= 1;
  const runs = [...scripts, ...(hasBuild ? ["build"] : [])].map((name) => `npm run ${name}`);
  const hasDev = withDev && devPaths(lockfile).length > 0;
  return [
    "cp -r ",
    nix.ref("src"),
    " app\nchmod -R u+w app\n",
    ...(runs.length > 0 ? ["patchShebangs app\n"] : []),
    ...(isPlain || isCopied ? [] : [linkFunction]),
    ...place({ isPlain, isCopied, directories, tree: "modules" }),
    ...own,
    ...(runs.length === 0
      ? []
      : [
          `export HOME=$TMPDIR npm_config_update_notifier=false\n(cd app && ${runs.join(" && ")})\n`,
        ]),
    ...(hasDev && isCopied ? [prune] : []),
    ...(hasDev && !isCopied
      ? [
          ...place({ isPlain, isCopied, directories, tree: "production" }),
          ...ownLines(spec, lockfile, false),
        ]
      : []),
    `mkdir -p $out/share\nmv app $out/share/${spec.app}\n`,
  ];
}

interface Placing {
  readonly isPlain: boolean;
  readonly isCopied: boolean;
  readonly directories: readonly string[];
  readonly tree: "modules" | "production";
}

function place({ isPlain, isCopied, directories, tree }: Placing): readonly StringPart[] {
  const modules = nix.ref(tree);
  if (isPlain) {
    return ["rm -rf app/node_modules\nln -s ", modules, "/node_modules app/node_modules\n"];
  }
  if (isCopied) return ["rm -rf app/node_modules\ncp -r ", modules, "/. app\nchmod -R u+w app\n"];
  return directories.flatMap((directory) => [
    "link_modules ",
    modules,
    ` ${encodeShellWord(directory)}\n`,
  ]);
}

/** Each module is a link of its own, so that tools may write beside them. */
const linkFunction = `link_modules() { # TREE DIRECTORY
  local entry plain=()
  rm -rf "app/$2"
  mkdir -p "app/$2"
  for entry in "$1/$2"/* "$1/$2"/.[!.]*; do
    [ -e "$entry" ] || continue
    case "\${entry##*/}" in
      @* | .bin)
        mkdir "app/$2/\${entry##*/}"
        ln -s "$entry"/* "app/$2/\${entry##*/}/"
        ;;
      *) plain+=("$entry") ;;
    esac
  done
  [ \${#plain[@]} = 0 ] || ln -s "\${plain[@]}" "app/$2/"
}
`;

const prune = `(cd app && xargs -d '\\n' rm -rf < $leaveOutPath)
find app -path '*/node_modules/.bin/*' -xtype l -delete
`;

/** Every node_modules that is not inside of another. */
function moduleDirectories({ packages, links }: Lockfile): readonly string[] {
  const paths = [...packages.flatMap(({ places = [] }) => places), ...links];
  const found = paths.map(({ path }) => path.replace(/((?:^|\/)node_modules)\/.*$/, "$1"));
  return [...new Set(["node_modules", ...found])].sort();
}

/** Links to the app's own directories, and to the commands that these offer. */
function ownLines(spec: AppSpec, lockfile: Lockfile, withDev: boolean): readonly string[] {
  const links = lockfile.links.filter((link) => isOwnLink(link) && (withDev || !link.dev));
  const members = membersOf(spec);
  return links.flatMap((link) => [
    linkLine(link.path, link.to),
    ...commandLines(spec, link, members[link.to]),
  ]);
}

function commandLines(spec: AppSpec, link: LockedLink, manifest: string | undefined) {
  const bin = link.path.replace(/((?:^|\/)node_modules)\/.*$/, "$1/.bin");
  return commandsOf(parseManifest(manifest)).flatMap(([name, path]) => {
    const file = `${link.to}/${path.replace(/^\.\//, "")}`;
    if (name.includes("/") || file.split("/").includes("..")) return [];
    const word = encodeShellWord(`app/${file}`);
    const mend = spec.tree.has(file) ? `chmod +x ${word}\npatchShebangs ${word}\n` : "";
    return [`${linkLine(`${bin}/${name}`, file)}${mend}`];
  });
}

function linkLine(path: string, to: string): string {
  const up = "../".repeat(path.split("/").length - 1);
  const parent = encodeShellWord(`app/${path.replace(/\/[^/]*$/, "")}`);
  const target = encodeShellWord(to === "." ? up.replace(/\/$/, "") : `${up}${to}`);
  return `mkdir -p ${parent}\nln -sfn ${target} ${encodeShellWord(`app/${path}`)}\n`;
}
