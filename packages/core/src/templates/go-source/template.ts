import { encodeShellWord } from "../../encode/shell.ts";
import { parseText } from "../../launcher/parse-text.ts";
import { fromNix } from "../../launcher/text.ts";
import type { StringPart } from "../../nix/ast.ts";
import { inPackage, type NixExpr, nix } from "../expressions.ts";
import { type AppSpec, defineTemplate, type Rendering } from "../template.ts";
import { archiveBindings, insidePath, sourceOf } from "../upstream.ts";

/** A Go program, built here from its sources. */
export const goSource = defineTemplate({
  id: "go-source",
  title: "A Go program",
  description: "Builds a Go program from its sources; modules are pinned by one hash.",
  tier: "source",
  required: ["exec-target", "go-vendor-hash"],
  optional: [
    "url",
    "sha256",
    "archive",
    "go-proxy-vendor",
    "go-sub-packages",
    "go-ldflags",
    "go-frontend-build",
    "go-frontend-pnpm",
    "go-frontend-output",
    "go-frontend-source-root",
    "go-frontend-embed-path",
    "go-npm-deps-hash",
    "go-pnpm-deps-hash",
    "go-static-dirs",
  ],
  render,
});

function render(spec: AppSpec): Rendering {
  const { section } = spec;
  const target = insidePath(spec, "exec-target", section["exec-target"] ?? "");
  const statics = section["go-static-dirs"] ?? [];
  const hasFrontend = section["go-frontend-build"] !== undefined;
  return {
    bindings: [
      ...archiveBindings(spec),
      ...(hasFrontend ? [nix.bind("frontend", frontend(spec))] : []),
    ],
    package: nix.call(
      nix.ref("pkgs", "buildGoModule"),
      nix.attrs({
        ...named(spec, spec.app),
        vendorHash: nix.string(section["go-vendor-hash"] ?? ""),
        proxyVendor: section["go-proxy-vendor"] === true ? nix.literal(true) : undefined,
        subPackages: strings(section["go-sub-packages"]),
        ldflags: ldflags(spec),
        preBuild: hasFrontend ? embed(spec) : undefined,
        postInstall: copyFiles(spec, statics),
        doCheck: nix.literal(false),
      }),
    ),
    names: {
      APPDIR: inPackage(`/share/${spec.app}`),
      ...(hasFrontend ? { HOP3_GO_FRONTEND: inPackage(`/share/${spec.app}`) } : {}),
    },
    command: spec.hasOwnWeb ? [] : [[fromNix(nix.ref("package")), `/bin/${target}`]],
  };
}

function named(spec: AppSpec, name: string): Readonly<Record<string, NixExpr>> {
  return {
    pname: nix.string(name),
    version: nix.string(spec.version ?? "0"),
    src: sourceOf(spec),
  };
}

function strings(list: readonly string[] | undefined): NixExpr | undefined {
  return list === undefined ? undefined : nix.list(list.map((text) => nix.string(text)));
}

function ldflags(spec: AppSpec): NixExpr | undefined {
  const flags = spec.section["go-ldflags"];
  if (flags === undefined) return undefined;
  const texts = flags.map((flag, index) =>
    parseText(flag, spec.scope(["nix", "go-ldflags", index])).join(""),
  );
  return nix.list(texts.map((text) => nix.string(text)));
}

/** The front end is a derivation of its own: a changed line of Go does not rebuild it. */
function frontend(spec: AppSpec): NixExpr {
  const { section } = spec;
  const build = section["go-frontend-build"] ?? "";
  const root = section["go-frontend-source-root"];
  const where = spec.scope(["nix", "go-frontend-source-root"]);
  const output = insidePath(spec, "go-frontend-output", section["go-frontend-output"] ?? "public");
  const common = {
    ...named(spec, `${spec.app}-frontend`),
    sourceRoot: root === undefined ? undefined : nix.string(parseText(root, where).join("")),
    buildPhase: nix.text(`runHook preBuild\n${build}\nrunHook postBuild\n`),
    installPhase: nix.text(
      `runHook preInstall\ncp -r ${encodeShellWord(output)} $out\nrunHook postInstall\n`,
    ),
  };
  if (section["go-frontend-pnpm"] !== true) {
    const npmDepsHash = nix.string(section["go-npm-deps-hash"] ?? "");
    return nix.call(nix.ref("pkgs", "buildNpmPackage"), nix.attrs({ ...common, npmDepsHash }));
  }
  const fetch = nix.call(
    nix.ref("pkgs", "pnpm", "fetchDeps"),
    nix.attrs({
      ...named(spec, `${spec.app}-frontend`),
      sourceRoot: common.sourceRoot,
      hash: nix.string(section["go-pnpm-deps-hash"] ?? ""),
    }),
  );
  const tools = [nix.ref("pkgs", "nodejs"), nix.ref("pkgs", "pnpm", "configHook")];
  return nix.call(
    nix.ref("pkgs", "stdenv", "mkDerivation"),
    nix.attrs({ ...common, nativeBuildInputs: nix.list(tools), pnpmDeps: fetch }),
  );
}

function embed(spec: AppSpec): NixExpr {
  const path = spec.section["go-frontend-embed-path"] ?? spec.section["go-frontend-output"];
  const to = encodeShellWord(insidePath(spec, "go-frontend-embed-path", path ?? "public"));
  return nix.indented(
    `mkdir -p ${to}\ncp -r `,
    nix.ref("frontend"),
    `/. ${to}/\nchmod -R u+w ${to}\n`,
  );
}

/**
 * What a program looks for beside itself: its static directories, and the front end under the name
 * that it has in the sources, unless it is embedded elsewhere.
 */
function copyFiles(spec: AppSpec, statics: readonly string[]): NixExpr | undefined {
  const { section } = spec;
  const share = `$out/share/${spec.app}`;
  const dirs = statics.map((dir) => insidePath(spec, "go-static-dirs", dir));
  const parts: StringPart[] = dirs.map((dir) => {
    const word = encodeShellWord(dir);
    const parent = dir.includes("/") ? `/${encodeShellWord(dir.replace(/\/[^/]*$/, ""))}` : "";
    return `mkdir -p ${share}${parent}\ncp -r ${word} ${share}/${word}\n`;
  });
  const hasFrontend = section["go-frontend-build"] !== undefined;
  if (hasFrontend && section["go-frontend-embed-path"] === undefined) {
    const output = insidePath(
      spec,
      "go-frontend-output",
      section["go-frontend-output"] ?? "public",
    );
    const to = `${share}/${encodeShellWord(output)}`;
    parts.push(`mkdir -p ${to}\ncp -r `, nix.ref("frontend"), `/. ${to}/\n`);
  }
  return parts.length === 0 ? undefined : nix.indented(...parts);
}
