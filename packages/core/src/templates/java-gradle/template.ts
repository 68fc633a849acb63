import { fromNix } from "../../launcher/text.ts";
import type { MavenFile } from "../../lockfiles/maven/maven-file.ts";
import { binOf, inPackage, type NixExpr, nix } from "../expressions.ts";
import { packageRef } from "../packages.ts";
import { type AppSpec, defineTemplate, type Rendering } from "../template.ts";
import { archiveBindings, insidePath, sourceOf } from "../upstream.ts";
import { buildPhase, installPhase } from "./build.ts";
import { dependencyBindings, gradleDependencies } from "./dependencies.ts";
import { detectJavaGradle, gradleReads } from "./detect.ts";
import { gradleBindings } from "./distribution.ts";
import { initScriptBinding } from "./init-script.ts";

const id = "java-gradle";

/** A JVM app that Gradle builds, with dependencies that are pinned one by one. */
export const javaGradle = defineTemplate({
  id,
  title: "A JVM app built with Gradle",
  description:
    "Builds an app with Gradle from its sources, offline. gradle/verification-metadata.xml pins each dependency by its hash; so do deps.json of nixpkgs, and gradle.lockfile with hop3.lock. The Gradle is the wrapper's where that has a checksum.",
  tier: "source",
  optional: [
    "url",
    "sha256",
    "archive",
    "runtime-package",
    "gradle-patches",
    "gradle-flags",
    "gradle-jar-glob",
    "gradle-jar-name",
  ],
  detect: detectJavaGradle,
  reads: gradleReads,
  render,
});

function render(spec: AppSpec): Rendering {
  const runtime = spec.section["runtime-package"] ?? "jre";
  const java = nix.ref("java");
  const files = gradleDependencies(spec);
  const named = (name: string) => packageRef(spec, name, { template: id, key: "runtime-package" });
  return {
    bindings: [
      nix.bind("java", named(runtime)),
      ...(files === undefined ? [] : [nix.bind("jdk", named(developmentOf(runtime)))]),
      ...archiveBindings(spec),
      ...gradleBindings(spec),
      ...(files === undefined ? [] : [...dependencyBindings(spec.app, files), initScriptBinding()]),
    ],
    package: nix.call(nix.ref("pkgs", "stdenv", "mkDerivation"), packageAttrs(spec, files)),
    names: {
      APPDIR: inPackage(`/share/${spec.app}`),
      JAVABIN: binOf(java),
      jre: java,
      java,
      ...(files === undefined ? { jdk: java } : { jdk: nix.ref("jdk") }),
    },
    command: spec.hasOwnWeb ? [] : [[fromNix(nix.ref("package")), `/bin/${spec.app}`]],
    path: [binOf(nix.ref("package")), binOf(java)],
    usesRegistries: files?.some(({ from }) => "registry" in from) ?? false,
  };
}

/** The kit of a runtime: what compiles is not part of the Release. */
function developmentOf(runtime: string): string {
  return runtime.replace(/^((?:pkgs\.)?)jre(\d*)(?:_headless|_minimal)?$/, "$1jdk$2");
}

function packageAttrs(spec: AppSpec, files: readonly MavenFile[] | undefined): NixExpr {
  const patches = (spec.section["gradle-patches"] ?? []).map((file) =>
    nix.binary("+", nix.ref("src"), nix.string(`/${insidePath(spec, "gradle-patches", file)}`)),
  );
  const inputs = [nix.ref("pkgs", "makeWrapper"), nix.ref("pkgs", "unzip")];
  return nix.attrs({
    pname: nix.string(spec.app),
    version: nix.string(spec.version ?? "0"),
    src: sourceOf(spec),
    patches: patches.length === 0 ? undefined : nix.list(patches),
    ...(files === undefined ? nixpkgsBuild(spec, inputs) : ownBuild(spec, inputs)),
    installPhase: nix.indented(...installPhase(spec)),
  });
}

function ownBuild(spec: AppSpec, inputs: readonly NixExpr[]) {
  return {
    nativeBuildInputs: nix.list(inputs),
    HOP3_DEPENDENCIES: nix.ref("dependencies"),
    dontConfigure: nix.literal(true),
    buildPhase: nix.indented(...buildPhase(spec)),
  };
}

/** Sources from elsewhere whose dependencies nothing here pins: nixpkgs' gradle reads deps.json itself. */
function nixpkgsBuild(spec: AppSpec, inputs: readonly NixExpr[]) {
  const flags = (spec.section["gradle-flags"] ?? []).map((flag) => nix.string(flag));
  const data = nix.binary("+", nix.ref("src"), nix.string("/deps.json"));
  return {
    nativeBuildInputs: nix.list([nix.ref("gradle"), ...inputs]),
    mitmCache: nix.call(
      nix.ref("gradle", "fetchDeps"),
      nix.attrs({ pkg: nix.ref("package"), data }),
    ),
    gradleFlags: flags.length === 0 ? undefined : nix.list(flags),
  };
}
