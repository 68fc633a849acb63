import { z } from "zod";
import type { LockedPackage, PendingPackage } from "./lockfile.ts";
import { lockfileEntryInvalid, lockfileUnsupportedSource } from "./lockfile-errors.ts";
import { parseHash, sortHashes } from "./shared/integrity.ts";
import { parseJson } from "./shared/json.ts";
import { chooseFile, isFileOf } from "./shared/python-files.ts";
import { isSafeFileName, isSafeUrl } from "./shared/safe.ts";
import { defaultTarget, type Target } from "./target.ts";

/** A package's page of a Python index, in the JSON form (PEP 691). */
const IndexPage = z.object({
  files: z.array(
    z.object({
      filename: z.string(),
      url: z.string(),
      hashes: z.record(z.string(), z.string()).default({}),
    }),
  ),
});

/** Where an index page was read, and its text. */
export interface IndexText {
  readonly url: string;
  readonly text: string;
}

/**
 * Finds the file of a requirement whose lockfile has hashes but no file names: the best one for the
 * target among those with a listed hash. What the page says is not trusted beyond that. Where no hash
 * is known yet, the page's own is taken, of a file of that version: that is for `hop3 nix lock`.
 */
export function pickFromIndex(
  item: PendingPackage,
  page: IndexText,
  target: Partial<Target> = {},
): LockedPackage {
  const wanted = new Set(item.hashes);
  const isListed = (fileName: string, hash: string) =>
    wanted.size === 0 ? isFileOf(fileName, item) : wanted.has(hash);
  const files = parseJson({ file: page.url, text: page.text }, IndexPage).files.flatMap((file) => {
    const listed = hashesOf(file.hashes).filter((hash) => isListed(file.filename, hash));
    const hashes = sortHashes(listed);
    return hashes.length === 0 ? [] : [{ fileName: file.filename, url: file.url, hashes }];
  });
  const chosen = chooseFile(files, { ...defaultTarget, ...target });
  if (chosen === undefined) throw nothingFits(item, page, files.length);
  const { fileName, hashes } = chosen.file;
  const url = resolveUrl(page.url, chosen.file.url.replace(/#.*$/, ""));
  const [integrity] = hashes;
  if (integrity === undefined || !isSafeFileName(fileName) || !isSafeUrl(url)) {
    const problem = "has an address or a name that cannot be used";
    throw lockfileEntryInvalid({ place: { file: page.url }, entry: fileName, problem });
  }
  return {
    name: item.name,
    version: item.version,
    integrity,
    hashes,
    source: { kind: "registry", registry: "pypi", fileName },
    url,
    dev: false,
    optional: false,
    format: chosen.format,
    extras: item.extras,
  };
}

function hashesOf(hashes: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(hashes).flatMap(([algorithm, hex]) => {
    const hash = parseHash(`${algorithm}:${hex}`);
    return hash.kind === "sri" ? [hash.sri] : [];
  });
}

function nothingFits(item: PendingPackage, page: IndexText, count: number) {
  const source =
    count === 0
      ? "an index that has no file with one of its hashes"
      : "files that do not run on this system";
  return lockfileUnsupportedSource({
    place: { file: page.url },
    name: `${item.name}==${item.version}`,
    source,
    hint: `Write requirements.txt again with all hashes: pip-compile --generate-hashes`,
  });
}

/** An address relative to a page: with a host, from the root, or beside the page. */
export function resolveUrl(base: string, link: string): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(link)) return link;
  const [origin = ""] = /^https?:\/\/[^/]+/i.exec(base) ?? [];
  if (link.startsWith("//")) return `${base.slice(0, base.indexOf(":") + 1)}${link}`;
  const path = base.slice(origin.length).replace(/[?#].*$/, "");
  const full = link.startsWith("/") ? link : path.slice(0, path.lastIndexOf("/") + 1) + link;
  const parts: string[] = [];
  for (const part of full.split("/").slice(1)) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return `${origin}/${parts.join("/")}`;
}
