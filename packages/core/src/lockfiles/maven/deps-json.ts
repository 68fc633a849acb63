import { z } from "zod";
import { lockfileEntryInvalid, lockfileHashInvalid, lockfileVersion } from "../lockfile-errors.ts";
import type { TextFile } from "../read-lockfile.ts";
import { parseHash } from "../shared/integrity.ts";
import { parseJson } from "../shared/json.ts";
import { placeOf } from "../shared/position.ts";
import { isSafeUrl } from "../shared/safe.ts";
import { isMavenPath, type MavenFile, registryPlace } from "./maven-file.ts";

const refresh = "the update script of nixpkgs' gradle.fetchDeps";
const maxDepth = 64;

const DepsJson = z.record(z.string(), z.json());

/** Reads deps.json as nixpkgs' gradle.fetchDeps writes it: directories of addresses, hashes at the leaves. */
export function readDepsJson(input: TextFile): readonly MavenFile[] {
  const tree = parseJson({ ...input, refresh }, DepsJson);
  const version = tree["!version"];
  if (version !== 1) {
    const found = JSON.stringify(version) ?? "none";
    throw lockfileVersion({ place: { file: input.file }, found, known: "1", refresh });
  }
  const leaves: Leaf[] = [];
  for (const [key, value] of Object.entries(tree)) {
    if (!key.startsWith("!")) collect({ root: key, prefix: [key], value }, leaves);
  }
  const usual = usualRepository(leaves);
  return leaves.map((leaf) => fileOf(input, leaf, usual));
}

interface Leaf {
  /** The key at the top: a repository, or a directory in one. */
  readonly root: string;
  readonly url: string;
  readonly hash: string;
}

interface Node {
  readonly root: string;
  readonly prefix: readonly string[];
  readonly value: unknown;
}

function collect({ root, prefix, value }: Node, leaves: Leaf[]): void {
  if (typeof value !== "object" || value === null || prefix.length > maxDepth) return;
  // A list of versions; where they are known, nobody asks for it.
  if ("groupId" in value) return;
  for (const [key, child] of Object.entries(value)) {
    if (typeof child !== "string")
      collect({ root, prefix: [...prefix, key], value: child }, leaves);
    else leaves.push({ root, url: `${expand(prefix.join("/"))}.${key}`, hash: child });
  }
}

/** `base#name/version/classifier` stands for `base/name/version/name-version-classifier`. */
function expand(text: string): string {
  const at = text.lastIndexOf("#");
  if (at < 0) return text;
  const [name = "", version = "", ...rest] = text.slice(at + 1).split("/");
  const isSnapshot = rest[0] === "SNAPSHOT";
  const classifier = (isSnapshot ? rest.slice(1) : rest).join("/");
  const directory = isSnapshot ? version.replace(/-[^-]*-[^-]*$/, "-SNAPSHOT") : version;
  const file = [name, version, ...(classifier === "" ? [] : [classifier])].join("-");
  return `${expand(text.slice(0, at))}/${name}/${directory}/${file}`;
}

/** The repository that most files are of is the one that configuration stands in for. */
function usualRepository(leaves: readonly Leaf[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { root } of leaves) counts.set(root, (counts.get(root) ?? 0) + 1);
  const most = [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
  return most?.includes("#") === true ? undefined : most;
}

function fileOf(input: TextFile, { root, url, hash }: Leaf, usual: string | undefined): MavenFile {
  const place = placeOf(input.file, input.text, hash);
  const parsed = parseHash(hash);
  if (parsed.kind !== "sri") throw lockfileHashInvalid({ place, name: url, hash });
  const bare = url.replace(/^https?:\/\//, "");
  if (!isSafeUrl(url) || !isMavenPath(bare.replaceAll(":", "_"))) {
    const problem = "is no plain address of a file";
    throw lockfileEntryInvalid({ place, entry: url, problem });
  }
  if (root !== usual) return { place: bare.replaceAll(":", "_"), from: { url }, hash: parsed.sri };
  const path = url.slice(root.length).replace(/^\/+/, "");
  const from = { registry: "maven", path } as const;
  return { place: `${registryPlace}/${path}`, from, hash: parsed.sri };
}
