import { encodeShellWord } from "../../encode/shell.ts";
import { dataDirectory, fromNix } from "../../launcher/text.ts";
import { inPackage, nix, runCommand } from "../expressions.ts";
import { type AppSpec, defineTemplate, type Rendering } from "../template.ts";
import { archiveBindings, insidePath } from "../upstream.ts";

/** One program, fetched by its hash. */
export const prebuiltBinary = defineTemplate({
  id: "prebuilt-binary",
  title: "A program that others built",
  description: "Fetches one program by its hash and runs it.",
  tier: "prebuilt",
  required: ["url", "sha256"],
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
    package: runCommand({ name: spec.app, script }),
    names: { APPDIR: inPackage("/bin") },
    startIn: dataDirectory,
    command: spec.hasOwnWeb ? [] : [[fromNix(nix.ref("package")), `/bin/${program}`]],
  };
}
