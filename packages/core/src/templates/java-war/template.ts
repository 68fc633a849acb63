import { encodeShellWord } from "../../encode/shell.ts";
import { fromNix } from "../../launcher/text.ts";
import type { Binding, StringPart } from "../../nix/ast.ts";
import { binOf, inPackage, nix, runCommand } from "../expressions.ts";
import { indentShell, javaWrapper } from "../java-wrapper.ts";
import { packageRef } from "../packages.ts";
import { type AppSpec, defineTemplate, type Rendering } from "../template.ts";
import { templateInput } from "../template-errors.ts";
import { archiveBindings, insidePath } from "../upstream.ts";
import { detectJavaWar, findWars } from "./detect.ts";
import { tomcatBase, tomcatBindings, tomcatWords, unpackWar } from "./tomcat.ts";

const id = "java-war";

/** A web archive: started by itself, or by Tomcat. */
export const javaWar = defineTemplate({
  id,
  title: "A WAR or JAR",
  description:
    "Takes a web archive of the project, or one fetched by its hash. One that names a main class is run with java -jar; any other is unpacked at build time and run by Tomcat, translated from Java EE to Jakarta EE where it needs that.",
  tier: "prebuilt",
  optional: ["url", "sha256", "runtime-package", "war-file"],
  detect: detectJavaWar,
  render,
});

function render(spec: AppSpec): Rendering {
  const runtime = spec.section["runtime-package"] ?? "jre";
  const java = nix.ref("java");
  const { file, bindings, source } = findArchive(spec);
  const share = `share/${spec.app}`;
  return {
    bindings: [
      nix.bind("java", packageRef(spec, runtime, { template: id, key: "runtime-package" })),
      ...bindings,
      ...tomcatBindings(),
    ],
    package: runCommand({
      name: spec.app,
      inputs: [nix.ref("pkgs", "makeWrapper"), nix.ref("pkgs", "unzip")],
      script: buildScript(spec, file, source),
    }),
    names: { APPDIR: inPackage(`/${share}`), JAVABIN: binOf(java), jdk: java, jre: java, java },
    command: spec.hasOwnWeb ? [] : [[fromNix(nix.ref("package")), `/bin/${spec.app}`]],
    path: [binOf(nix.ref("package")), binOf(java)],
  };
}

interface Archive {
  /** Its name in the package. */
  readonly file: string;
  readonly bindings: readonly Binding[];
  readonly source: readonly StringPart[];
}

function findArchive(spec: AppSpec): Archive {
  const given = spec.section["war-file"];
  const wanted = given === undefined ? undefined : insidePath(spec, "war-file", given);
  if (spec.section.url !== undefined) {
    const file = installedName(spec, wanted ?? "");
    return { file, bindings: archiveBindings(spec), source: [nix.ref("archive")] };
  }
  const wars = findWars(spec.tree);
  const path = wanted ?? (wars.length === 1 ? wars[0] : undefined);
  if (path === undefined || !spec.tree.has(path)) throw missing(spec, wanted, wars);
  const file = installedName(spec, path);
  return { file, bindings: [], source: [nix.ref("src"), `/${encodeShellWord(path)}`] };
}

/** Its own name, where a shell reads that as one plain word. */
function installedName(spec: AppSpec, path: string): string {
  const name = path.split("/").at(-1) ?? "";
  return /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) ? name : `${spec.app}.war`;
}

function missing(spec: AppSpec, wanted: string | undefined, wars: readonly string[]): Error {
  const several = `it could be any of ${wars.join(", ")}`;
  const none = wars.length > 1 ? several : "the app holds no .war, and [nix] url names none";
  const known = wars.length === 0 ? "" : `: ${wars.join(", ")}`;
  return templateInput({
    template: id,
    reason: wanted === undefined ? none : `[nix] war-file '${wanted}' is not in the app`,
    hint: `Set war-file to a file of the app${known}, or url and sha256 to fetch one`,
    place: spec.scope(["nix", wanted === undefined ? "template" : "war-file"]).place,
  });
}

function buildScript(
  { app }: AppSpec,
  file: string,
  source: readonly StringPart[],
): readonly StringPart[] {
  const share = `$out/share/${app}`;
  return [
    "install -D -m 644 ",
    ...source,
    ` ${share}/${file}
cd ${share}
manifest=$(unzip -p ${file} META-INF/MANIFEST.MF 2>/dev/null || true)
if [[ $manifest == *Main-Class:* ]]; then
`,
    ...indentShell(javaWrapper({ name: app, words: [`-jar ${share}/${file}`] })),
    "else\n",
    ...indentShell(unpackWar(file)),
    ...indentShell(
      javaWrapper({ name: app, before: tomcatBase(share), words: tomcatWords(share) }),
    ),
    "fi\n",
  ];
}
