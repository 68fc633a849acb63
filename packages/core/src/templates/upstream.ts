import { parseText } from "../launcher/parse-text.ts";
import type { StringPart } from "../nix/ast.ts";
import { type Binding, type NixExpr, nix } from "./expressions.ts";
import type { AppSpec } from "./template.ts";
import { templateInput } from "./template-errors.ts";
import { type ArchiveKind, unpackCommands } from "./unpack-script.ts";

/** `pkgs.fetchurl { url; hash; }` of `[nix] url` and `sha256`. */
export function fetchUpstream(spec: AppSpec): NixExpr {
  const { section } = spec;
  const url = upstreamUrl(spec);
  return nix.call(
    nix.ref("pkgs", "fetchurl"),
    nix.attrs({
      name: storeName(url),
      url: nix.string(url),
      hash: nix.string(section.sha256 ?? ""),
    }),
  );
}

/** Where the end of an address is no name for the store, or says nothing: `download?file=a&version=1`. */
function storeName(url: string): NixExpr | undefined {
  const last = url.slice(url.lastIndexOf("/") + 1);
  if (/^[A-Za-z0-9][A-Za-z0-9+._=-]{0,180}$/.test(last)) return undefined;
  const clean = fileNameOf(url)
    .replaceAll(/[^A-Za-z0-9+._=-]+/g, "-")
    .replace(/^[.-]+/, "");
  return nix.string(clean === "" ? "archive" : clean.slice(0, 180));
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
  const root = section["source-root"];
  return unpackCommands({
    kind: kindOf(spec),
    archive: nix.ref("archive"),
    fileName: fileNameOf(upstreamUrl(spec)),
    root: root === undefined || root === "." ? "" : insidePath(spec, "source-root", root),
    dropsTop: section["unpack-without-top-level"] !== true && root === undefined,
  });
}

/** What unpacking needs that not every builder has. */
export function unpackInputs(spec: AppSpec): readonly NixExpr[] {
  const isZip = spec.section.url !== undefined && kindOf(spec) === "zip";
  return isZip ? [nix.ref("pkgs", "unzip")] : [];
}

/** tar finds out by itself how an archive is compressed. */
function kindOf(spec: AppSpec): ArchiveKind {
  const { archive } = spec.section;
  if (archive === "none") return "file";
  if (archive !== undefined) return archive === "zip" ? "zip" : "tar";
  return /\.(?:zip|jar|war)$/i.test(fileNameOf(upstreamUrl(spec))) ? "zip" : "tar";
}

/** The last part of an address, without what is behind a question mark. */
function fileNameOf(url: string): string {
  return url.replace(/[?#].*$/s, "").replace(/^.*\//s, "");
}

/** A relative path that does not lead out; `${version}` in it is `[metadata] version`. */
export function insidePath(spec: AppSpec, key: string, path: string): string {
  const isFixed = !path.includes("${");
  const text = isFixed ? [path] : parseText(path, spec.scope(["nix", key]));
  const clean = text.join("").replace(/^\.\//, "").replace(/\/+$/, "");
  const isPlain = text.every((part) => typeof part === "string");
  if (isPlain && !clean.startsWith("/") && !clean.split("/").includes("..")) return clean;
  throw templateInput({
    template: spec.section.template ?? "",
    reason: isPlain
      ? `[nix] ${key} '${path}' leads out of the app`
      : `[nix] ${key} '${path}' depends on what is known only when the app runs`,
    hint: "Write a path below the app's own files, without .. and without variables",
    place: spec.scope(["nix", key]).place,
  });
}
