import { encodeShellWord } from "../../encode/shell.ts";
import { parseText } from "../../launcher/parse-text.ts";
import type { StringPart } from "../../nix/ast.ts";
import { type NixExpr, nix } from "../expressions.ts";
import type { AppSpec } from "../template.ts";
import { insidePath, sourceOf } from "../upstream.ts";

/** `pname`, `version` and `src`, for the program and for its front end. */
export function named(spec: AppSpec, name: string): Readonly<Record<string, NixExpr>> {
  return {
    pname: nix.string(name),
    version: nix.string(spec.version ?? "0"),
    src: sourceOf(spec),
  };
}

/** The front end is a derivation of its own: a changed line of Go does not rebuild it. */
export function frontend(spec: AppSpec): NixExpr {
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

/** Copies the front end to where the program's sources embed it from. */
export function embed(spec: AppSpec): NixExpr {
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
export function copyFiles(spec: AppSpec, statics: readonly string[]): NixExpr | undefined {
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
