import { encodeShellWord } from "../encode/shell.ts";
import { parseText } from "../launcher/parse-text.ts";
import type { StringPart } from "../nix/ast.ts";
import { type Binding, type NixExpr, nix } from "./expressions.ts";
import type { AppSpec } from "./template.ts";
import { templateInput } from "./template-errors.ts";

/** `pkgs.fetchurl { url; hash; }` of `[nix] url` and `sha256`. */
export function fetchUpstream(spec: AppSpec): NixExpr {
  const { section } = spec;
  return nix.call(
    nix.ref("pkgs", "fetchurl"),
    nix.attrs({
      url: nix.string(upstreamUrl(spec)),
      hash: nix.string(section.sha256 ?? ""),
    }),
  );
}

/** The address with the version filled in. */
export function upstreamUrl(spec: AppSpec): string {
  const scope = spec.scope(["nix", "url"]);
  const text = parseText(spec.section.url ?? "", scope);
  const url = text.join("");
  if (
    /^(?:https?|ftp):\/\/[^\s"'<>\\]+$/.test(url) &&
    text.every((part) => typeof part === "string")
  ) {
    return url;
  }
  throw templateInput({
    template: spec.section.template ?? "",
    reason: `[nix] url '${spec.section.url ?? ""}' is not an address`,
    hint: `Write the whole address, with \${version} for [metadata] version`,
    place: scope.place,
  });
}

/** The app's own files, or those of `[nix] url`. */
export function sourceOf(spec: AppSpec): NixExpr {
  return spec.section.url === undefined ? nix.ref("src") : nix.ref("archive");
}

/** The binding `archive`, where the files come from elsewhere. */
export function archiveBindings(spec: AppSpec): readonly Binding[] {
  return spec.section.url === undefined ? [] : [nix.bind("archive", fetchUpstream(spec))];
}

/**
 * Commands that leave the app's files in `app`, the current directory being its parent. An archive
 * with one directory at the top loses it.
 */
export function unpackScript(spec: AppSpec): readonly StringPart[] {
  const { section } = spec;
  if (section.url === undefined) return ["cp -r ", nix.ref("src"), " app\nchmod -R u+w app\n"];
  const kind = section.archive ?? guessKind(upstreamUrl(spec));
  const root = section["source-root"];
  const isFlat = section["unpack-without-top-level"] === true || root !== undefined;
  const below =
    root === undefined || root === "." ? "" : `/${encodeShellWord(checkRoot(spec, root))}`;
  const strip = isFlat ? "" : " --strip-components=1";
  const unpack: readonly StringPart[] =
    kind === "zip"
      ? ["unzip -q ", nix.ref("archive"), " -d unpacked\n", isFlat ? "" : oneDirectory]
      : ["tar -xf ", nix.ref("archive"), ` -C unpacked --no-same-owner${strip}\n`];
  return ["mkdir unpacked\n", ...unpack, `mv unpacked${below} app\nchmod -R u+w app\n`];
}

const oneDirectory = "mv unpacked wrapped && mv wrapped/* unpacked\n";

/** What unpacking needs that not every builder has. */
export function unpackInputs(spec: AppSpec): readonly NixExpr[] {
  const { section } = spec;
  const kind =
    section.url === undefined ? "none" : (section.archive ?? guessKind(upstreamUrl(spec)));
  return kind === "zip" ? [nix.ref("pkgs", "unzip")] : [];
}

function guessKind(url: string): string {
  return /\.(?:zip|jar|war)$/i.test(url) ? "zip" : "tar-gz";
}

function checkRoot(spec: AppSpec, root: string): string {
  return insidePath(spec, "source-root", root);
}

/** A relative path that does not lead out. */
export function insidePath(spec: AppSpec, key: string, path: string): string {
  const clean = path.replace(/^\.\//, "").replace(/\/+$/, "");
  if (!clean.startsWith("/") && !clean.split("/").includes("..")) return clean;
  throw templateInput({
    template: spec.section.template ?? "",
    reason: `[nix] ${key} '${path}' leads out of the app`,
    hint: "Write a path below the app's own files, without ..",
    place: spec.scope(["nix", key]).place,
  });
}
