import { lockfileEntryInvalid, lockfileNoHash, lockfileSyntax } from "../lockfile-errors.ts";
import type { TextFile } from "../read-lockfile.ts";
import { parseHash, sortHashes } from "../shared/integrity.ts";
import { positionAt } from "../shared/position.ts";
import { isMavenPath, type MavenFile, moduleDirectory, registryPlace } from "./maven-file.ts";
import { readXmlTags, type XmlTag } from "./xml-tags.ts";

/** The command that writes gradle/verification-metadata.xml. */
export const verificationRefresh = "gradle --write-verification-metadata sha256 build";

/** Reads gradle/verification-metadata.xml: every file that Gradle downloads, with its hashes. */
export function readVerificationMetadata(input: TextFile): readonly MavenFile[] {
  const tags = readXmlTags(input.text);
  if (tags?.[0]?.name !== "verification-metadata") {
    const problem = "it is not the XML that Gradle writes";
    throw lockfileSyntax({ place: { file: input.file }, problem, refresh: verificationRefresh });
  }
  refuseWithoutMetadata(input, tags);
  const reader = new ComponentReader(input);
  for (const tag of tags) reader.take(tag);
  if (reader.unhashed.length > 0) {
    throw lockfileNoHash({
      place: { file: input.file },
      names: reader.unhashed,
      reason: "it knows them by their signature, or by md5",
      refresh: verificationRefresh,
    });
  }
  return reader.files;
}

function refuseWithoutMetadata({ file, text }: TextFile, tags: readonly XmlTag[]): void {
  const off = tags.find(
    ({ name, kind, before }) =>
      name === "verify-metadata" && kind === "close" && before === "false",
  );
  if (off === undefined) return;
  throw lockfileSyntax({
    place: { file, ...positionAt(text, off.at) },
    problem: "<verify-metadata> is false, so that the POM of no dependency is in it",
    refresh: `${verificationRefresh}, with true there`,
  });
}

/** Takes tags one by one: components hold artifacts, artifacts hold hashes. */
class ComponentReader {
  readonly files: MavenFile[] = [];
  readonly unhashed: string[] = [];
  readonly #input: TextFile;
  #directory = "";
  #artifact: { readonly name: string; readonly hashes: string[] } | undefined;

  constructor(input: TextFile) {
    this.#input = input;
  }

  take(tag: XmlTag): void {
    if (tag.name === "component" && tag.kind === "open") this.#directory = this.#openModule(tag);
    if (tag.name === "artifact" && tag.kind === "open") {
      this.#artifact = { name: tag.attributes.get("name") ?? "", hashes: [] };
    }
    if (/^(?:sha1|sha256|sha512)$/.test(tag.name) && tag.kind !== "close") this.#hash(tag);
    if (tag.name === "artifact" && tag.kind === "close") this.#closeArtifact(tag);
  }

  #openModule(tag: XmlTag): string {
    const get = (name: string) => tag.attributes.get(name) ?? "";
    const module = { group: get("group"), name: get("name"), version: get("version") };
    const directory = moduleDirectory(module);
    if (directory !== undefined) return directory;
    throw this.#invalid(tag, Object.values(module).join(":"), "is no module of a Maven repository");
  }

  #hash(tag: XmlTag): void {
    const value = tag.attributes.get("value") ?? "";
    const parsed = parseHash(`${tag.name}:${value}`);
    if (parsed.kind !== "sri") throw this.#invalid(tag, value, "is no hash");
    this.#artifact?.hashes.push(parsed.sri);
  }

  #closeArtifact(tag: XmlTag): void {
    if (this.#artifact === undefined) return;
    const { name, hashes } = this.#artifact;
    const path = `${this.#directory}/${name}`;
    if (!isMavenPath(path) || name.includes("/")) {
      throw this.#invalid(tag, name, "is no name of a file");
    }
    const [hash] = sortHashes(hashes);
    const from = { registry: "maven", path } as const;
    if (hash === undefined) this.unhashed.push(name);
    else this.files.push({ place: `${registryPlace}/${path}`, from, hash });
    this.#artifact = undefined;
  }

  #invalid(tag: XmlTag, entry: string, problem: string): Error {
    const { file, text } = this.#input;
    return lockfileEntryInvalid({ place: { file, ...positionAt(text, tag.at) }, entry, problem });
  }
}
