import { fromNix, type Text } from "../../launcher/text.ts";
import { lockfileMissing } from "../../lockfiles/index.ts";
import { inPackage, nix, runCommand } from "../expressions.ts";
import { packageRef } from "../packages.ts";
import { type AppSpec, defineTemplate, type Rendering } from "../template.ts";
import { insidePath } from "../upstream.ts";
import { detectPythonVenv } from "./detect.ts";
import { requirementWord, wheelBindings } from "./wheels.ts";

const id = "python-venv";

/** A Python app in a virtual environment of hash-pinned wheels. */
export const pythonVenv = defineTemplate({
  id,
  title: "A Python app",
  description:
    "Runs a Python app in a virtual environment; requirements.txt pins every wheel by its hash.",
  tier: "source",
  optional: ["pip-requirements", "pip-deps-hash", "runtime-package"],
  detect: detectPythonVenv,
  reads: ({ section }) => [section["pip-requirements"] ?? "requirements.txt"],
  render,
});

function render(spec: AppSpec): Rendering {
  const { section } = spec;
  const file = insidePath(
    spec,
    "pip-requirements",
    section["pip-requirements"] ?? "requirements.txt",
  );
  if (!spec.tree.has(file) && section["pip-deps-hash"] === undefined) {
    const refresh = "pip-compile --generate-hashes";
    throw lockfileMissing({ place: { file: "hop3.toml" }, wanted: file, refresh });
  }
  const runtime = section["runtime-package"] ?? "python3";
  const share = `share/${spec.app}`;
  const script = [
    "python3 -m venv --without-pip $out/venv\nexport HOME=$TMPDIR\n",
    "python3 -m pip --python $out/venv/bin/python install --no-index --no-deps --no-compile \\\n",
    "  --disable-pip-version-check --find-links ",
    nix.ref("wheels"),
    " --requirement ",
    nix.ref("src"),
    `/${requirementWord(file)}\n`,
    "mkdir -p $out/share\ncp -r ",
    nix.ref("src"),
    ` $out/${share}\nchmod -R u+w $out/${share}\n`,
  ];
  const inputs = [nix.ref("python"), nix.ref("pkgs", "python3Packages", "pip")];
  return {
    bindings: [
      nix.bind("python", packageRef(spec, runtime, { template: id, key: "runtime-package" })),
      ...wheelBindings(spec, file),
    ],
    package: runCommand({ name: spec.app, inputs, script }),
    names: { APPDIR: inPackage(`/${share}`), python: nix.ref("python"), venv: inPackage("/venv") },
    command: command(spec),
    env: { PYTHONUNBUFFERED: nix.string("1"), PYTHONDONTWRITEBYTECODE: nix.string("1") },
    path: [inPackage("/venv/bin")],
    workingDir: share,
    usesRegistries: true,
  };
}

function command(spec: AppSpec): readonly Text[] {
  const target = spec.section["exec-target"];
  if (target === undefined) return [];
  return [[fromNix(nix.ref("package")), `/venv/bin/${insidePath(spec, "exec-target", target)}`]];
}
