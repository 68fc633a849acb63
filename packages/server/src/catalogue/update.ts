import { createPublicKey, verify } from "node:crypto";
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  writeFile,
} from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import {
  type CatalogueIndex,
  type CatalogueUpdated,
  catalogueLimits,
  type IndexedRecipe,
} from "@hop3/core";
import { switchLink } from "../switch-link.ts";
import { catalogueExpired, catalogueOlder, catalogueUntrusted } from "./catalogue-errors.ts";
import { download } from "./download.ts";
import { type CatalogueStore, openCatalogue, parseIndex, requireHash } from "./store.ts";

export interface UpdateRequest {
  /** Address of index.json; its signature is beside it with `.sig`, each recipe in a directory. */
  readonly url: string;
  /** Public key, ed25519, base64 of its 32 bytes. */
  readonly key: string;
  /** HOP3_HOME/catalogue. */
  readonly dir: string;
  /** What an update must not fall behind. */
  readonly builtIn: CatalogueStore;
  readonly current: CatalogueStore;
  readonly signal: AbortSignal;
  now(): Date;
}

const signatureBytes = 1024;
/** What precedes the 32 bytes of an ed25519 key in its DER form. */
const keyHeader = Buffer.from("302a300506032b6570032100", "hex");
const linkName = "current";

/** Downloads what is new, checks all of it and switches in one step; where anything is wrong nothing has changed. */
export async function updateCatalogue(
  request: UpdateRequest,
): Promise<{ readonly store: CatalogueStore; readonly updated: CatalogueUpdated }> {
  const { url, key, dir, current, signal } = request;
  await removeLeftovers(dir);
  const bytes = await download(url, catalogueLimits.indexBytes, signal);
  const signature = await download(`${url}.sig`, signatureBytes, signal);
  if (!isSignedBy(key, bytes, signature)) throw catalogueUntrusted({ address: url });
  const index = parseIndex(url, bytes);
  requireInTime(request, index);
  const isKnown = isSame(current, index);
  if (isKnown && (await isWhole(current))) {
    return { store: current, updated: compare(current, current, false) };
  }
  if (!isKnown) requireNewer(request, index);
  const aside = await fill(request, { bytes, signature, index });
  try {
    const checked = await openCatalogue(aside, "downloaded");
    // Reads every sheet and every file once more: the switch is to what is known to work.
    await checked.recipes();
    const placed = await putInPlace(dir, aside, index);
    const store = await openCatalogue(placed, "downloaded");
    return { store, updated: compare(current, store, true) };
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    throw error;
  }
}

/** The downloaded catalogue, unless there is none that this key has signed and that is not behind the built-in one. */
export async function openDownloaded(
  dir: string,
  key: string,
  builtIn: CatalogueStore,
): Promise<CatalogueStore | undefined> {
  const found = join(dir, linkName);
  const [bytes, signature] = await Promise.all(
    ["index.json", "index.json.sig"].map((name) =>
      readFile(join(found, name)).catch(() => undefined),
    ),
  );
  if (bytes === undefined || signature === undefined) return undefined;
  if (!isSignedBy(key, bytes, signature)) return undefined;
  const store = await openCatalogue(found, "downloaded");
  const isBehind = store.info.name === builtIn.info.name && store.info.serial < builtIn.info.serial;
  return isBehind ? undefined : store;
}

/** One line for each key that has signed: a publisher who changes keys signs with both for a while. */
function isSignedBy(key: string, bytes: Buffer, signatures: Buffer): boolean {
  const der = Buffer.concat([keyHeader, Buffer.from(key, "base64")]);
  const publicKey = createPublicKey({ key: der, format: "der", type: "spki" });
  const lines = signatures.toString("latin1").trim().split("\n");
  return lines.some((line) => verify(null, bytes, publicKey, Buffer.from(line, "base64")));
}

function isSame({ info, index: known }: CatalogueStore, index: CatalogueIndex): boolean {
  return info.origin === "downloaded" && JSON.stringify(known) === JSON.stringify(index);
}

/** What was downloaded is still what the index means; where it is not, the update mends it. */
async function isWhole(store: CatalogueStore): Promise<boolean> {
  return await store.recipes().then(
    () => true,
    () => false,
  );
}

/** Whoever passes on an old index for ever keeps servers from news; a day at which it ends stops that. */
function requireInTime({ url, now }: UpdateRequest, { expires }: CatalogueIndex): void {
  if (expires === undefined || now() < new Date(expires)) return;
  throw catalogueExpired({ address: url, expires });
}

/** Serials rise, of the same name and of what this key has signed before: nobody is sent back to known holes. */
function requireNewer({ builtIn, current }: UpdateRequest, index: CatalogueIndex): void {
  const known = [builtIn.info, current.info]
    .filter(({ name, origin }) => origin === "downloaded" || name === index.name)
    .map(({ serial, origin }) => (origin === "downloaded" ? serial : serial - 1));
  const highest = Math.max(0, ...known);
  if (index.serial <= highest) throw catalogueOlder({ found: index.serial, known: highest });
}

interface Downloaded {
  readonly bytes: Buffer;
  readonly signature: Buffer;
  readonly index: CatalogueIndex;
}

/** A whole catalogue in a directory of its own; what has not changed is copied from the one before. */
async function fill(request: UpdateRequest, { bytes, signature, index }: Downloaded) {
  await mkdir(request.dir, { recursive: true, mode: 0o700 });
  const aside = await mkdtemp(join(request.dir, "new-"));
  try {
    for (const entry of index.recipes) await fillRecipe(request, aside, entry);
    await writeFile(join(aside, "index.json"), bytes);
    await writeFile(join(aside, "index.json.sig"), signature);
    return aside;
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    throw error;
  }
}

async function fillRecipe(
  request: UpdateRequest,
  aside: string,
  { id, files }: IndexedRecipe,
): Promise<void> {
  const known = await request.current.files(id).catch(() => undefined);
  const before = request.current.index.recipes.find((each) => each.id === id)?.files ?? [];
  for (const { path, size, sha256 } of files) {
    const isKnown = before.some((file) => file.path === path && file.sha256 === sha256);
    const address = new URL(`${id}/${path}`, request.url).href;
    const content =
      (isKnown ? known?.get(path) : undefined) ?? (await download(address, size, request.signal));
    requireHash({ place: address, content, sha256 });
    const target = join(aside, id, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
  }
}

/** Gives the new one its name and points the link to it. Whoever reads the one before has it until the next update. */
async function putInPlace(dir: string, aside: string, { serial }: CatalogueIndex): Promise<string> {
  const target = join(dir, `${serial}-${basename(aside).slice("new-".length)}`);
  await rename(aside, target);
  await switchLink(join(dir, linkName), target);
  return target;
}

/** The catalogue before this one, and what an update that was killed has left. */
async function removeLeftovers(dir: string): Promise<void> {
  const used = await readlink(join(dir, linkName)).catch(() => undefined);
  const names = await readdir(dir).catch(() => []);
  for (const name of names.filter((each) => each !== linkName && each !== used)) {
    await rm(join(dir, name), { recursive: true, force: true });
  }
}

function compare(
  before: CatalogueStore,
  after: CatalogueStore,
  changed: boolean,
): CatalogueUpdated {
  const old = new Map(before.index.recipes.map((entry) => [entry.id, JSON.stringify(entry.files)]));
  const ids = after.index.recipes.map(({ id }) => id);
  return {
    catalogue: after.info,
    changed,
    added: ids.filter((id) => !old.has(id)),
    updated: after.index.recipes
      .filter(({ id, files }) => old.has(id) && old.get(id) !== JSON.stringify(files))
      .map(({ id }) => id),
    removed: [...old.keys()].filter((id) => !ids.includes(id)),
  };
}
