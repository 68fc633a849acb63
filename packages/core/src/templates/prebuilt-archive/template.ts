import { encodeShellWord } from "../../encode/shell.ts";
import { dataDirectory, type Text } from "../../launcher/text.ts";
import { binOf, inPackage } from "../expressions.ts";
import { morePackages, prebuiltPackage } from "../prebuilt.ts";
import { type AppSpec, defineTemplate, type Rendering } from "../template.ts";
import { templateInput } from "../template-errors.ts";
import { archiveBindings, insidePath, unpackInputs, unpackScript } from "../upstream.ts";
import { appTree } from "../writable.ts";

const id = "prebuilt-archive";

/** An archive of programs and files, fetched by its hash. */
export const prebuiltArchive = defineTemplate({
  id,
  title: "An archive that others built",
  description: "Fetches an archive by its hash, puts its files where they belong, runs a program.",
  tier: "prebuilt",
  required: ["url", "sha256"],
  optional: [
    "archive",
    "source-root",
    "unpack-without-top-level",
    "file-mappings",
    "nixpkgs-packages",
  ],
  render,
});

function render(spec: AppSpec): Rendering {
  const mappings = spec.section["file-mappings"] ?? [];
  const share = `share/${spec.app}`;
  const install =
    mappings.length === 0
      ? `mkdir -p $out/share\nmv app $out/${share}\n`
      : mappings.map((mapping) => copyLine(spec, mapping)).join("");
  const script = [...unpackScript(spec), install];
  const hasMappings = mappings.length > 0;
  const tree = appTree(spec, hasMappings ? "." : share);
  return {
    bindings: archiveBindings(spec),
    package: prebuiltPackage(spec, { template: id, inputs: unpackInputs(spec), script }),
    names: { APPDIR: inPackage(`/${share}`) },
    command: command(spec, [tree.home, hasMappings ? "/bin" : `/${share}`]),
    startIn: dataDirectory,
    path: morePackages(spec, id).map(binOf),
    ...tree.rendering,
  };
}

interface Mapping {
  readonly source: string;
  readonly destination: string;
}

/** A destination that ends in a slash is a directory to put the source into. */
function copyLine(spec: AppSpec, { source, destination }: Mapping): string {
  const from = encodeShellWord(insidePath(spec, "file-mappings", source));
  const to = encodeShellWord(insidePath(spec, "file-mappings", destination));
  if (destination.endsWith("/")) return `mkdir -p $out/${to}\ncp -r app/${from} $out/${to}/\n`;
  const parent = to.includes("/") ? `/${to.slice(0, to.lastIndexOf("/"))}` : "";
  return `mkdir -p $out${parent}\ncp -r app/${from} $out/${to}\n`;
}

function command(spec: AppSpec, directory: Text): readonly Text[] {
  const target = spec.section["exec-target"];
  if (target !== undefined) {
    const program = insidePath(spec, "exec-target", target);
    return [[...directory, `/${program}`]];
  }
  if (spec.hasOwnWeb) return [];
  throw templateInput({
    template: id,
    reason: "nothing says which program of the archive to run",
    hint: "Set [nix] exec-target, or [run] start",
    place: spec.scope(["nix", "template"]).place,
  });
}
