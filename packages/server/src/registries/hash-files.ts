import { createHash } from "node:crypto";
import {
  indexPage,
  type LockedFile,
  type LockRequest,
  pickFromIndex,
  pomFiles,
  type RegistryName,
  type WantedFile,
} from "@hop3/core";
import { registryMissing } from "../nix/errors.ts";
import { registryUnreachable } from "./errors.ts";
import type { Registries } from "./registries.ts";
import { ask } from "./request.ts";

type Wanted = LockRequest["packages"][number];

/** Far above any dependency; a stream without end is stopped. */
const maxBytes = 4 * 1024 ** 3;
const sideBySide = 8;

export interface HashIo {
  readonly registries: Registries;
  readonly signal: AbortSignal;
  readonly onLine: (text: string) => void;
}

/** Downloads what has no hash and returns its hashes, by key. Nothing of it is kept. */
export async function hashPackages(
  io: HashIo,
  packages: readonly Wanted[],
): Promise<Record<string, LockedFile[]>> {
  const configured = await io.registries.forBuilds();
  const found: Record<string, LockedFile[]> = {};
  const waiting = [...packages];
  const failing = new AbortController();
  const own = { ...io, signal: AbortSignal.any([io.signal, failing.signal]) };
  const work = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      own.signal.throwIfAborted();
      found[item.key] = await hashPackage(own, item, configured[item.registry] !== undefined);
      io.onLine(item.key);
    }
  };
  try {
    await Promise.all(Array.from({ length: sideBySide }, work));
  } finally {
    failing.abort();
  }
  return found;
}

async function hashPackage(
  io: HashIo,
  { registry, files, index }: Wanted,
  isConfigured: boolean,
): Promise<LockedFile[]> {
  if (index !== undefined) return [await hashFromIndex(io, index)];
  if (registry === "maven") return hashModule(io, files);
  const hashed: LockedFile[] = [];
  for (const { file, path, url } of files) {
    if (path !== undefined && (isConfigured || url === undefined)) {
      const response = await io.registries.get(registry, path, { signal: io.signal });
      hashed.push({ file, hash: await hashBody(response, registry), path });
    } else {
      const response = await getAddress(io, registry, url);
      hashed.push({ file, hash: await hashBody(response, registry) });
    }
  }
  return hashed;
}

/** A POM is nothing without those that it refers to; which they are, only it says. */
async function hashModule(
  { registries, signal }: HashIo,
  files: Wanted["files"],
): Promise<LockedFile[]> {
  const hashed = new Map<string, LockedFile>();
  const waiting: WantedFile[] = [...files];
  for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
    const { file, path, isOptional } = item;
    if (path === undefined || hashed.has(path)) continue;
    const response = await registries.get("maven", path, { signal, mayBeMissing: isOptional });
    if (!response.ok) {
      await response.body?.cancel();
      continue;
    }
    const isPom = file.endsWith(".pom");
    const [own, copy] = isPom ? [response, response.clone()] : [response, undefined];
    const [hash, text] = await Promise.all([hashBody(own, "maven"), copy?.text()]);
    hashed.set(path, { file, hash, path });
    if (text !== undefined) waiting.push(...pomFiles(text));
  }
  return [...hashed.values()];
}

/** The index gives hashes with the names: the file itself need not be fetched. */
async function hashFromIndex(
  { registries, signal }: HashIo,
  index: NonNullable<Wanted["index"]>,
): Promise<LockedFile> {
  const page = index.name.replace(/[-_.]+/g, "-").toLowerCase();
  const accept = "application/vnd.pypi.simple.v1+json, text/html;q=0.1";
  const response = await registries.get("pypi", `${page}/`, { accept, signal });
  const contentType = response.headers.get("content-type") ?? "";
  const text = await response.text();
  const { source, integrity } = pickFromIndex(
    index,
    indexPage({ url: response.url, text, contentType }),
  );
  return { file: source.kind === "git" ? index.name : source.fileName, hash: integrity };
}

/** An address that stands in a lockfile, of a host that no registry's address covers. */
async function getAddress(
  { signal }: HashIo,
  name: RegistryName,
  url: string | undefined,
): Promise<Response> {
  if (url === undefined) throw registryMissing({ registry: name });
  const fail = (reason: string, cause?: unknown) =>
    registryUnreachable({ registry: name, url: url.replace(/[?#].*$/, ""), reason }, { cause });
  const response = await ask({ name, url }, url, { signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw fail(error instanceof Error ? error.message : String(error), error);
  });
  if (response.ok) return response;
  await response.body?.cancel();
  throw fail(`HTTP status ${response.status}`);
}

async function hashBody(response: Response, registry: RegistryName): Promise<string> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      const reason = "it does not end";
      throw registryUnreachable({ registry, url: response.url, reason });
    }
    hash.update(chunk);
  }
  return `sha256-${hash.digest("base64")}`;
}
