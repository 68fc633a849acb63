import { binOf, inPackage, nix, runCommand } from "../expressions.ts";
import { packageRef } from "../packages.ts";
import { type AppSpec, defineTemplate, type Rendering } from "../template.ts";
import { detectNodeSource, nodeLocks } from "./detect.ts";
import { nodeLockfile, scriptsOf, startCommand } from "./manifest.ts";
import { moduleBindings } from "./modules.ts";

const id = "node-source";

/** A Node app with the packages of its package-lock.json. */
export const nodeSource = defineTemplate({
  id,
  title: "A Node app",
  description:
    "Runs the project's own files with the packages of package-lock.json, each fetched by its integrity; runs the build script where there is one.",
  tier: "source",
  optional: ["runtime-package"],
  detect: detectNodeSource,
  reads: () => ["package.json", ...nodeLocks],
  render,
});

function render(spec: AppSpec): Rendering {
  const runtime = spec.section["runtime-package"] ?? "nodejs";
  const lockfile = nodeLockfile(spec);
  const hasBuild = scriptsOf(spec)["build"] !== undefined;
  const share = `share/${spec.app}`;
  const build = hasBuild ? "export HOME=$TMPDIR\n(cd app && npm run build)\n" : "";
  const script = [
    "cp -r ",
    nix.ref("src"),
    " app\nchmod -R u+w app\nrm -rf app/node_modules\nln -s ",
    nix.ref("modules"),
    `/node_modules app/node_modules\n${build}mkdir -p $out/share\nmv app $out/${share}\n`,
  ];
  return {
    bindings: [
      nix.bind("nodejs", packageRef(spec, runtime, { template: id, key: "runtime-package" })),
      ...moduleBindings(spec, lockfile, hasBuild),
    ],
    package: runCommand({ name: spec.app, inputs: [nix.ref("nodejs")], script }),
    names: {
      APPDIR: inPackage(`/${share}`),
      NODEBIN: binOf(nix.ref("nodejs")),
      nodejs: nix.ref("nodejs"),
    },
    command: startCommand(spec, share),
    env: { NODE_ENV: nix.string("production") },
    path: [nix.string(nix.ref("modules"), "/node_modules/.bin"), binOf(nix.ref("nodejs"))],
    workingDir: share,
    usesRegistries: true,
  };
}
