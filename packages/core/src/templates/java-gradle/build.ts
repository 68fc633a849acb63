import { encodeShellWord } from "../../encode/shell.ts";
import type { StringPart } from "../../nix/ast.ts";
import { nix } from "../expressions.ts";
import { indentShell, javaBuildFlags, javaWrapper } from "../java-wrapper.ts";
import type { AppSpec } from "../template.ts";
import { templateInput } from "../template-errors.ts";
import { insidePath } from "../upstream.ts";

const id = "java-gradle";

/** Builds without network and without tests, with everything that Gradle writes in the build's own directory. */
export function buildPhase({ section }: AppSpec): readonly StringPart[] {
  const flags = (section["gradle-flags"] ?? []).map((flag) => ` ${encodeShellWord(flag)}`);
  return [
    "export JAVA_HOME=",
    nix.ref("jdk"),
    `
export HOME=$TMPDIR GRADLE_USER_HOME=$TMPDIR/gradle
export JAVA_TOOL_OPTIONS="${javaBuildFlags} -Duser.home=$TMPDIR"
rm -rf build .gradle
`,
    nix.ref("gradle"),
    "/bin/gradle --offline --no-daemon --console=plain --init-script ",
    nix.ref("offline"),
    `${flags.join("")} assemble\n`,
  ];
}

/** Installs what the recipe names, else what the build has made to be started. */
export function installPhase(spec: AppSpec): readonly StringPart[] {
  const { app, section } = spec;
  const share = `$out/share/${app}`;
  const jar = insidePath(spec, "gradle-jar-name", section["gradle-jar-name"] ?? `${app}.jar`);
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(jar)) {
    throw templateInput({
      template: id,
      reason: `[nix] gradle-jar-name '${jar}' is not a plain name of a file`,
      hint: "Use letters, digits, - _ and .",
      place: spec.scope(["nix", "gradle-jar-name"]).place,
    });
  }
  const startJar = javaWrapper({ name: app, words: [`-jar ${share}/${jar}`] });
  if (section["gradle-jar-glob"] !== undefined) {
    return [`install -D -m 644 ${globWord(spec)} ${share}/${jar}\n`, ...startJar];
  }
  const startScript = javaWrapper({
    name: app,
    program: [`${share}/bin/"\${programs[0]##*/}"`],
    options: [
      "--set-default JAVA_HOME ",
      nix.ref("java"),
      " --prefix PATH : ",
      nix.ref("pkgs", "busybox"),
      "/bin",
    ],
  });
  const startInstalled = [
    `mkdir -p $out/share
cp -r "$(dirname "$(dirname "\${programs[0]}")")" ${share}
patchShebangs ${share}/bin
`,
    ...startScript,
  ];
  const installArchive = [`install -D -m 644 "\${archives[0]}" ${share}/${jar}\n`, ...startJar];
  return [
    findResults,
    `if [ \${#programs[@]} -eq 1 ]; then\n`,
    ...indentShell(startInstalled),
    `elif [ \${#archives[@]} -eq 1 ]; then\n`,
    ...indentShell(installArchive),
    `else
  echo "the build has made \${#programs[@]} programs (plugin application) and \${#archives[@]} archives with a main class: name one with [nix] gradle-jar-glob in hop3.toml" >&2
  printf '%s\\n' "\${programs[@]}" "\${archives[@]}" >&2
  exit 1
fi
`,
  ];
}

const findResults = `programs=() archives=()
for file in build/install/*/bin/* */build/install/*/bin/*; do
  case $file in
    *.bat) ;;
    *) if [ -f "$file" ]; then programs+=("$file"); fi ;;
  esac
done
for file in build/libs/*.[jw]ar */build/libs/*.[jw]ar; do
  [ -f "$file" ] || continue
  manifest=$(unzip -p "$file" META-INF/MANIFEST.MF 2>/dev/null || true)
  if [[ $manifest == *Main-Class:* ]]; then archives+=("$file"); fi
done
`;

/** The one place where a pattern is meant: letters, digits and the signs of a glob, nothing else. */
function globWord(spec: AppSpec): string {
  const glob = insidePath(spec, "gradle-jar-glob", spec.section["gradle-jar-glob"] ?? "");
  if (/^[A-Za-z0-9_./*?[\]-]+$/.test(glob)) return glob;
  throw templateInput({
    template: id,
    reason: `[nix] gradle-jar-glob '${glob}' is not a pattern of file names`,
    hint: "Use letters, digits, - _ . / and *",
    place: spec.scope(["nix", "gradle-jar-glob"]).place,
  });
}
