import { parseHash } from "../../lockfiles/shared/integrity.ts";
import type { Binding } from "../../nix/ast.ts";
import { type NixExpr, nix, runCommand } from "../expressions.ts";
import { fetchExpr } from "../fetches.ts";
import type { AppSpec } from "../template.ts";
import { parseManifest } from "./manifest.ts";
import { membersOf, type NodeProject } from "./project.ts";

/** Tools that a project's own scripts may call, beside npm. */
const names = ["pnpm", "yarn"] as const;
type Name = (typeof names)[number];

/** pnpm or Yarn, where scripts of the project call it: the very one that `packageManager` pins, else a stand-in. */
export function managerBindings(spec: AppSpec, project: NodeProject): readonly Binding[] {
  const { manifest } = project;
  const others = Object.values(membersOf(spec)).map(parseManifest);
  const text = [manifest, ...others].flatMap(({ scripts }) => Object.values(scripts)).join("\n");
  return names
    .filter((name) => new RegExp(`(?:^|[\\s;&|(])${name}(?:\\s|$)`, "m").test(text))
    .map((name) => {
      const pinned = pinnedManager(name, manifest.packageManager ?? "");
      if (pinned !== undefined) return nix.bind(name, pinned);
      return nix.bind(name, standIn(name), {
        comment: `Runs scripts and commands; a packageManager with a hash in package.json gives ${name} itself.`,
      });
    });
}

/** `pnpm@9.15.9+sha512.<hex>`, as corepack writes it: the hash of the registry's file. */
function pinnedManager(name: Name, pin: string): NixExpr | undefined {
  const [, version = "", digest = ""] =
    new RegExp(`^${name}@(\\d+\\.\\d+\\.\\d+)\\+(sha512\\.[0-9a-f]{128})$`).exec(pin) ?? [];
  const hash = parseHash(digest.replace(".", ":"));
  // From 2 on, Yarn is another file with another hash.
  if (hash.kind !== "sri" || (name === "yarn" && !version.startsWith("1."))) return undefined;
  const path = `${name}/-/${name}-${version}.tgz`;
  const file = name === "pnpm" ? "bin/pnpm.cjs" : "bin/yarn.js";
  return runCommand({
    name: `${name}-${version}`,
    inputs: [nix.ref("nodejs")],
    script: [
      "mkdir -p $out/bin $out/lib\ntar -xzf ",
      fetchExpr({ from: { registry: "npm", path }, hash: hash.sri }),
      ` -C $out/lib --strip-components=1 --no-same-owner\nprintf '#!%s\\nexec %s %s "$@"\\n' $SHELL ${"$"}(type -P node) $out/lib/${file} > $out/bin/${name}\nchmod +x $out/bin/${name}\n`,
    ],
  });
}

function standIn(name: Name): NixExpr {
  return nix.call(
    nix.ref("pkgs", "writeShellScriptBin"),
    nix.string(name),
    nix.indented(standInScript),
  );
}

const standInScript = `if [ "\${1:-}" = workspace ]; then
  workspace=$2
  shift 2
  if [ "$1" = run ]; then shift; fi
  script=$1
  shift
  exec npm run "$script" --workspace "$workspace" -- "$@"
fi
case "\${1:-}" in
  run | exec) shift ;;
  -* | "" | install | add | dlx)
    echo "\${0##*/} $*: only scripts and commands can be run here; run corepack use \${0##*/} to pin the real one" >&2
    exit 1
    ;;
esac
command=$1
shift
if [ -n "$(node -p 'require("./package.json").scripts?.[process.argv[1]] ?? ""' "$command")" ]; then
  exec npm run "$command" -- "$@"
fi
PATH=$PWD/node_modules/.bin:$PATH
exec "$command" "$@"
`;
