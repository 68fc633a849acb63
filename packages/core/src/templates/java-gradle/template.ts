import { encodeShellWord } from "../../encode/shell.ts";
import { fromNix } from "../../launcher/text.ts";
import { binOf, inPackage, type NixExpr, nix } from "../expressions.ts";
import { packageRef } from "../packages.ts";
import { type AppSpec, defineTemplate, type Rendering } from "../template.ts";
import { templateInput } from "../template-errors.ts";
import { archiveBindings, insidePath, sourceOf } from "../upstream.ts";

const id = "java-gradle";

/** A JVM app that gradle builds. Its dependencies are pinned in deps.json beside hop3.toml. */
export const javaGradle = defineTemplate({
  id,
  title: "A JVM app built with Gradle",
  description: "Builds an app with Gradle from its sources; deps.json pins the dependencies.",
  tier: "source",
  required: ["gradle-jar-glob"],
  optional: [
    "url",
    "sha256",
    "archive",
    "runtime-package",
    "gradle-patches",
    "gradle-flags",
    "gradle-jar-name",
  ],
  render,
});

function render(spec: AppSpec): Rendering {
  const { section } = spec;
  const runtime = section["runtime-package"] ?? "jre";
  const jar = insidePath(spec, "gradle-jar-name", section["gradle-jar-name"] ?? `${spec.app}.jar`);
  const share = `share/${spec.app}`;
  const java = nix.ref("java");
  const patches = (section["gradle-patches"] ?? []).map((file) =>
    nix.binary("+", nix.ref("src"), nix.string(`/${insidePath(spec, "gradle-patches", file)}`)),
  );
  return {
    bindings: [
      nix.bind("java", packageRef(spec, runtime, { template: id, key: "runtime-package" })),
      ...archiveBindings(spec),
      nix.bind("gradle", nix.ref("pkgs", "gradle")),
    ],
    package: nix.call(
      nix.ref("pkgs", "stdenv", "mkDerivation"),
      buildAttrs(spec, { jar, share, patches }),
    ),
    names: { APPDIR: inPackage(`/${share}`), JAVABIN: binOf(java), jre: java, jdk: java, java },
    command: spec.hasOwnWeb
      ? []
      : [[fromNix(java), "/bin/java"], ["-jar"], [fromNix(nix.ref("package")), `/${share}/${jar}`]],
    path: [binOf(java)],
  };
}

interface JarParts {
  readonly jar: string;
  readonly share: string;
  readonly patches: readonly NixExpr[];
}

function buildAttrs(spec: AppSpec, { jar, share, patches }: JarParts): NixExpr {
  const { section } = spec;
  const flags = section["gradle-flags"] ?? [];
  const deps = nix.attrs({
    pkg: nix.ref("package"),
    data: nix.binary("+", nix.ref("src"), nix.string("/deps.json")),
  });
  return nix.attrs({
    pname: nix.string(spec.app),
    version: nix.string(spec.version ?? "0"),
    src: sourceOf(spec),
    patches: patches.length === 0 ? undefined : nix.list(patches),
    nativeBuildInputs: nix.list([nix.ref("gradle")]),
    mitmCache: nix.call(nix.ref("gradle", "fetchDeps"), deps),
    gradleFlags: flags.length === 0 ? undefined : nix.list(flags.map((flag) => nix.string(flag))),
    installPhase: nix.text(
      `mkdir -p $out/${share}\ncp ${globWord(spec)} $out/${share}/${encodeShellWord(jar)}\n`,
    ),
  });
}

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
