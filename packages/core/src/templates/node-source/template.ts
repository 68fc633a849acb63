import { binOf, inPackage, type NixExpr, nix, runCommand } from "../expressions.ts";
import { packageRef } from "../packages.ts";
import { type AppSpec, defineTemplate, type Rendering } from "../template.ts";
import { assembleScript, planAssembly } from "./assemble.ts";
import { detectNodeSource } from "./detect.ts";
import { managerBindings } from "./manager.ts";
import { type Manifest, wantedMajor } from "./manifest.ts";
import { devPaths, leaveOut, moduleBindings, productionBinding } from "./modules.ts";
import { nodeFiles, readProject } from "./project.ts";
import { startCommand } from "./start.ts";

const id = "node-source";

/** A Node app with the packages of its lockfile. */
export const nodeSource = defineTemplate({
  id,
  title: "A Node app",
  description:
    "Runs the project's own files with the packages of package-lock.json, pnpm-lock.yaml or yarn.lock, each fetched by its hash; install scripts and native addons are built in the sandbox, and so is the project where it has a build script.",
  tier: "source",
  optional: ["runtime-package"],
  detect: detectNodeSource,
  reads: nodeFiles,
  render,
});

function render(spec: AppSpec): Rendering {
  const project = readProject(spec);
  const { lockfile, manifest } = project;
  const assembly = planAssembly(project);
  const { isCopied, withDev } = assembly;
  const share = `share/${spec.app}`;
  const hasDev = withDev && devPaths(lockfile).length > 0;
  const managers = managerBindings(spec, project);
  const tools = managers.flatMap((binding) =>
    binding.kind === "assign" ? binding.path.map((name) => nix.ref(String(name))) : [],
  );
  return {
    bindings: [
      nix.bind("nodejs", runtimeOf(spec, manifest)),
      ...moduleBindings(spec, { ...project, withDev, engine: manifest.engines["node"] }),
      ...(hasDev && !isCopied ? [productionBinding(spec, lockfile)] : []),
      ...managers,
    ],
    package: runCommand({
      name: spec.app,
      inputs: [nix.ref("nodejs"), ...tools],
      attrs: hasDev && isCopied ? leaveOut(lockfile) : {},
      script: assembleScript(spec, project, assembly),
    }),
    names: {
      APPDIR: inPackage(`/${share}`),
      NODEBIN: binOf(nix.ref("nodejs")),
      nodejs: nix.ref("nodejs"),
    },
    command: startCommand(spec, manifest, share),
    env: { NODE_ENV: nix.string("production") },
    path: [inPackage(`/${share}/node_modules/.bin`), binOf(nix.ref("nodejs")), ...tools.map(binOf)],
    workingDir: share,
    usesRegistries: true,
  };
}

/** `[nix] runtime-package`, else the version that `engines` names if the set has it, else the set's own. */
function runtimeOf(spec: AppSpec, manifest: Manifest): NixExpr {
  const named = spec.section["runtime-package"];
  if (named !== undefined) return packageRef(spec, named, { template: id, key: "runtime-package" });
  const major = wantedMajor(manifest);
  const usual = nix.ref("pkgs", "nodejs");
  return major === undefined ? usual : nix.select(nix.ref("pkgs"), [`nodejs_${major}`], usual);
}
