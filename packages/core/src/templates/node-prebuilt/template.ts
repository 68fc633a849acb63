import { fromNix, type Text } from "../../launcher/text.ts";
import { binOf, inPackage, nix } from "../expressions.ts";
import { packageRef } from "../packages.ts";
import { morePackages, prebuiltPackage } from "../prebuilt.ts";
import { type AppSpec, defineTemplate, type Rendering } from "../template.ts";
import { archiveBindings, insidePath, unpackInputs, unpackScript } from "../upstream.ts";
import { appTree } from "../writable.ts";

const id = "node-prebuilt";

/** A Node app whose archive holds its dependencies. */
export const nodePrebuilt = defineTemplate({
  id,
  title: "A Node app that others packed",
  description: "Fetches an archive with node_modules in it by its hash and runs a script of it.",
  tier: "prebuilt",
  required: ["url", "sha256", "exec-target"],
  optional: [
    "archive",
    "source-root",
    "unpack-without-top-level",
    "runtime-package",
    "nixpkgs-packages",
  ],
  render,
});

function render(spec: AppSpec): Rendering {
  const runtime = spec.section["runtime-package"] ?? "nodejs";
  const nodejs = packageRef(spec, runtime, { template: id, key: "runtime-package" });
  const share = `share/${spec.app}`;
  const tree = appTree(spec, share);
  const script = [...unpackScript(spec), `mkdir -p $out/share\nmv app $out/${share}\n`];
  return {
    bindings: [nix.bind("nodejs", nodejs), ...archiveBindings(spec)],
    package: prebuiltPackage(spec, {
      template: id,
      inputs: unpackInputs(spec),
      script,
      isForgiving: true,
    }),
    names: {
      APPDIR: inPackage(`/${share}`),
      NODEBIN: binOf(nix.ref("nodejs")),
      nodejs: nix.ref("nodejs"),
    },
    command: command(spec, [tree.home, `/${share}`]),
    path: [nix.ref("nodejs"), ...morePackages(spec, id)].map(binOf),
    workingDir: share,
    ...tree.rendering,
  };
}

function command(spec: AppSpec, directory: Text): readonly Text[] {
  const target = insidePath(spec, "exec-target", spec.section["exec-target"] ?? "");
  return [
    [fromNix(nix.ref("nodejs")), "/bin/node"],
    [...directory, `/${target}`],
  ];
}
