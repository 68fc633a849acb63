import { encodeShellWord } from "../../encode/shell.ts";
import { fromNix } from "../../launcher/text.ts";
import { binOf, inPackage, type NixExpr, nix, runCommand } from "../expressions.ts";
import { packageRef } from "../packages.ts";
import { type AppSpec, defineTemplate, type Rendering } from "../template.ts";
import { archiveBindings, insidePath } from "../upstream.ts";

const id = "java-war";

/** A web archive that starts itself. */
export const javaWar = defineTemplate({
  id,
  title: "A WAR or JAR that starts itself",
  description: "Fetches a web archive by its hash and runs it with java -jar.",
  tier: "prebuilt",
  required: ["url", "sha256"],
  optional: ["runtime-package", "war-file"],
  render,
});

function render(spec: AppSpec): Rendering {
  const runtime = spec.section["runtime-package"] ?? "jre";
  const file = insidePath(spec, "war-file", spec.section["war-file"] ?? `${spec.app}.war`);
  const share = `share/${spec.app}`;
  const script = [
    "install -D -m 644 ",
    nix.ref("archive"),
    ` $out/${share}/${encodeShellWord(file)}\n`,
  ];
  const jdk = nix.ref("java");
  return {
    bindings: [
      nix.bind("java", packageRef(spec, runtime, { template: id, key: "runtime-package" })),
      ...archiveBindings(spec),
    ],
    package: runCommand({ name: spec.app, script }),
    names: { APPDIR: inPackage(`/${share}`), JAVABIN: binOf(jdk), jdk, jre: jdk, java: jdk },
    command: spec.hasOwnWeb
      ? []
      : [[fromNix(jdk), "/bin/java"], ["-jar"], [fromNix(nix.ref("package")), `/${share}/${file}`]],
    path: [binOf(jdk)],
    env: javaOptions(spec),
  };
}

/** Words of JAVA_OPTS reach the machine through the variable that it reads itself: no shell splits them. */
function javaOptions(spec: AppSpec): Readonly<Record<string, NixExpr>> {
  const options = spec.section["runtime-env"]?.["JAVA_OPTS"];
  return options === undefined ? {} : { JDK_JAVA_OPTIONS: nix.string(options) };
}
