import { encodeShellWord } from "../../encode/shell.ts";
import { fromNix, type Text } from "../../launcher/text.ts";
import type { Lockfile } from "../../lockfiles/lockfile.ts";
import type { Binding, StringPart } from "../../nix/ast.ts";
import { inPackage, nix, runCommand } from "../expressions.ts";
import { packageRef } from "../packages.ts";
import {
  type AppFacts,
  type AppSpec,
  defineTemplate,
  type Outside,
  type Rendering,
} from "../template.ts";
import { insidePath } from "../upstream.ts";
import { entryFiles, findWebServer, webCommand } from "./command.ts";
import { detectPythonVenv } from "./detect.ts";
import {
  askIndexAbout,
  localProjects,
  lockPath,
  lockReads,
  pythonFiles,
  readPythonLock,
} from "./lock.ts";
import {
  buildFlags,
  dependencyBindings,
  installFlags,
  isBuilt,
  toolsBinding,
  wheelBindings,
  wheelsAtOnce,
} from "./wheels.ts";

const id = "python-venv";

/** A Python app in a virtual environment of what its lockfile pins. */
export const pythonVenv = defineTemplate({
  id,
  title: "A Python app",
  description:
    "Runs a Python app in a virtual environment: uv.lock, poetry.lock or requirements.txt pin every package by its hash; source archives and the project itself are built in the sandbox.",
  tier: "source",
  optional: ["pip-requirements", "pip-deps-hash", "runtime-package"],
  detect: detectPythonVenv,
  reads: (spec) => [...lockReads(spec), "manage.py", ...entryFiles],
  learn,
  render,
});

/** Which Python runs it, and what the index says of requirements with several hashes. */
async function learn(spec: AppSpec, outside: Outside): Promise<AppFacts> {
  const target = await outside.target(spec.section["runtime-package"] ?? "python3");
  if (spec.section["pip-deps-hash"] !== undefined) return { target };
  const known = { ...spec, facts: { target } };
  const asked = askIndexAbout(readPythonLock(known), known);
  const pages = asked.map(async ({ name, hashes }) => {
    return [name, await outside.indexPage(name, hashes)] as const;
  });
  return { target, indexPages: new Map(await Promise.all(pages)) };
}

function render(spec: AppSpec): Rendering {
  const { section } = spec;
  const runtime = section["runtime-package"] ?? "python3";
  const share = `share/${spec.app}`;
  const { bindings, projects, lockfile } = contents(spec);
  const script: readonly StringPart[] = [
    "python3 -m venv --without-pip $out/venv\n",
    ...useDependencies,
    "mkdir -p $out/share\ncp -r ",
    nix.ref("src"),
    ` $out/${share}\nchmod -R u+w $out/${share}\n`,
    ...installProjects(spec, projects, lockfile),
  ];
  return {
    bindings: [
      nix.bind("python", packageRef(spec, runtime, { template: id, key: "runtime-package" })),
      ...bindings,
    ],
    package: runCommand({ name: spec.app, inputs: [nix.ref("python")], script }),
    names: { APPDIR: inPackage(`/${share}`), python: nix.ref("python"), venv: inPackage("/venv") },
    command: command(spec, lockfile),
    env: { PYTHONUNBUFFERED: nix.string("1"), PYTHONDONTWRITEBYTECODE: nix.string("1") },
    path: [inPackage("/venv/bin")],
    workingDir: share,
    usesRegistries: true,
  };
}

interface Contents {
  readonly bindings: readonly Binding[];
  /** Directories of the app that are installed. */
  readonly projects: readonly string[];
  readonly lockfile?: Lockfile;
}

function contents(spec: AppSpec): Contents {
  const hash = spec.section["pip-deps-hash"];
  if (hash !== undefined) {
    const file = insidePath(spec, "pip-requirements", lockPath(spec) ?? "requirements.txt");
    const wheels = [toolsBinding(true), wheelsAtOnce(spec, file, hash)];
    return { bindings: [...wheels, ...dependencyBindings(spec, false)], projects: [] };
  }
  const lockfile = readPythonLock(spec);
  const files = pythonFiles(spec, lockfile);
  const projects = localProjects(spec, lockfile);
  return {
    lockfile,
    projects,
    bindings: [
      toolsBinding(projects.length > 0 || files.some(isBuilt)),
      ...wheelBindings(spec, files),
      ...dependencyBindings(spec, files.length === 0),
    ],
  };
}

/** The app's own environment sees the other one; its programs are the same with another first line. */
const useDependencies: readonly StringPart[] = [
  "site=$(echo $out/venv/lib/python3*/site-packages)\n",
  "echo \"import site; site.addsitedir('$(echo ",
  nix.ref("dependencies"),
  "/lib/python3*/site-packages)')\" > $site/dependencies.pth\n",
  "for program in ",
  nix.ref("dependencies"),
  `/bin/*; do\n  name=\${program##*/}\n  [ -e $out/venv/bin/$name ] && continue\n`,
  "  if head -c 2 $program | grep -q '#!'; then\n    sed '1,3s|",
  nix.ref("dependencies"),
  "/bin/python[0-9.]*|'$out'/venv/bin/python3|' $program > $out/venv/bin/$name\n",
  "    chmod +x $out/venv/bin/$name\n  else\n    ln -s $program $out/venv/bin/$name\n  fi\ndone\n",
];

function installProjects(
  spec: AppSpec,
  projects: readonly string[],
  lockfile: Lockfile | undefined,
): readonly StringPart[] {
  if (projects.length === 0) return [];
  const own = lockfile?.local.find(({ path }) => path === ".")?.version ?? spec.version;
  const version =
    own === undefined ? "" : `export SETUPTOOLS_SCM_PRETEND_VERSION=${encodeShellWord(own)}\n`;
  const words = projects.map((dir) => ` ./app/${encodeShellWord(dir)}`).join("");
  return [
    `export HOME=$TMPDIR\n${version}cp -r `,
    nix.ref("src"),
    " app\nchmod -R u+w app\n",
    nix.ref("tools"),
    `/bin/python3 -m pip wheel ${buildFlags} -w wheels${words}\n`,
    nix.ref("tools"),
    `/bin/python3 -m pip --python $out/venv/bin/python install ${installFlags} wheels/*.whl\n`,
    "python3 ",
    nix.ref("finish"),
    " $out/venv\n",
  ];
}

/** `[nix] exec-target`, or what only one answer is possible for; else others name the command. */
function command(spec: AppSpec, lockfile: Lockfile | undefined): readonly Text[] {
  const target = spec.section["exec-target"];
  if (target !== undefined) {
    return [[fromNix(nix.ref("package")), `/venv/bin/${insidePath(spec, "exec-target", target)}`]];
  }
  if (spec.hasOwnWeb) return [];
  const packages = [...(lockfile?.packages ?? []), ...(lockfile?.pending ?? [])];
  const server = findWebServer({
    has: (path) => spec.tree.has(path),
    text: (path) => spec.files.get(path),
    dependsOn: (name) => packages.some((item) => item.name === name),
  });
  return server === undefined ? [] : webCommand(server);
}
