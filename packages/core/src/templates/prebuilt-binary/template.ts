import { encodeShellWord } from "../../encode/shell.ts";
import { dataDirectory, fromNix } from "../../launcher/text.ts";
import { binOf, inPackage, nix } from "../expressions.ts";
import { morePackages, prebuiltPackage } from "../prebuilt.ts";
import { type AppSpec, defineTemplate, type Rendering } from "../template.ts";
import { archiveBindings, insidePath } from "../upstream.ts";

const id = "prebuilt-binary";

/** One program, fetched by its hash. */
export const prebuiltBinary = defineTemplate({
  id,
  title: "A program that others built",
  description: "Fetches one program by its hash and runs it.",
  tier: "prebuilt",
  required: ["url", "sha256"],
  optional: ["nixpkgs-packages"],
  render,
});

function render(spec: AppSpec): Rendering {
  const program = insidePath(spec, "exec-target", spec.section["exec-target"] ?? spec.app);
  const script = [
    "install -D -m 755 ",
    nix.ref("archive"),
    ` $out/bin/${encodeShellWord(program)}\n`,
  ];
  return {
    bindings: archiveBindings(spec),
    package: prebuiltPackage(spec, { template: id, script }),
    names: { APPDIR: inPackage("/bin") },
    startIn: dataDirectory,
    path: morePackages(spec, id).map(binOf),
    command: spec.hasOwnWeb ? [] : [[fromNix(nix.ref("package")), `/bin/${program}`]],
  };
}
