import { fromNix, type Text, variable } from "../../launcher/text.ts";
import { binOf, inPackage, nix, runCommand } from "../expressions.ts";
import { packageRef } from "../packages.ts";
import { type AppSpec, defineTemplate, type Rendering } from "../template.ts";
import { archiveBindings, insidePath, unpackInputs, unpackScript } from "../upstream.ts";

const id = "ruby-bundler";

/** A Ruby app whose gems are pinned in Gemfile.lock and gemset.nix. */
export const rubyBundler = defineTemplate({
  id,
  title: "A Ruby app with Bundler",
  description: "Runs a Ruby app with the gems of Gemfile.lock, each pinned in gemset.nix.",
  tier: "source",
  required: ["exec-target"],
  optional: [
    "url",
    "sha256",
    "archive",
    "source-root",
    "unpack-without-top-level",
    "runtime-package",
  ],
  render,
});

function render(spec: AppSpec): Rendering {
  const { section } = spec;
  const runtime = section["runtime-package"] ?? "ruby";
  const share = `share/${spec.app}`;
  const script = [...unpackScript(spec), `mkdir -p $out/share\nmv app $out/${share}\n`];
  const gems = nix.call(
    nix.ref("pkgs", "bundlerEnv"),
    nix.attrs({
      name: nix.string(`${spec.app}-gems`),
      ruby: nix.ref("ruby"),
      gemdir: nix.ref("src"),
    }),
  );
  const isWritable = section["writable-home-at-runtime"] === true;
  return {
    bindings: [
      nix.bind("ruby", packageRef(spec, runtime, { template: id, key: "runtime-package" })),
      nix.bind("gems", gems),
      ...archiveBindings(spec),
    ],
    package: runCommand({ name: spec.app, inputs: unpackInputs(spec), script }),
    names: {
      APPDIR: inPackage(`/${share}`),
      RUBYBIN: binOf(nix.ref("ruby")),
      ruby: nix.ref("ruby"),
      gems: nix.ref("gems"),
    },
    command: spec.hasOwnWeb ? [] : command(spec),
    path: [binOf(nix.ref("gems")), binOf(nix.ref("gems", "wrappedRuby"))],
    workingDir: share,
    ...(isWritable ? { writableTree: [share] } : {}),
    ...(isWritable ? { startIn: [variable("HOP3_DATA_DIR"), `/${share}`] } : {}),
  };
}

function command(spec: AppSpec): readonly Text[] {
  const target = insidePath(spec, "exec-target", spec.section["exec-target"] ?? "");
  return [[fromNix(nix.ref("gems")), `/bin/${target}`]];
}
