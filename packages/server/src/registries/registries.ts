import { createHash } from "node:crypto";
import { type RegistryName, registryNames } from "@hop3/core";
import { registryMissing } from "../nix/errors.ts";
import type { ServerSettings } from "../settings.ts";
import { fromSetting, type RegistryAddress } from "./address.ts";
import { registryRefused, registryUnreachable } from "./errors.ts";
import { type Gateway, startGateway } from "./gateway.ts";
import { goAddress, npmAddress, pypiAddress } from "./own-settings.ts";
import { type AskOptions, ask } from "./request.ts";

/** The language registries of one server. */
export interface Registries {
  /** Addresses for builds, of all that are configured: they hold no credentials and need none. */
  forBuilds(): Promise<Readonly<Partial<Record<RegistryName, string>>>>;
  /** The registries' own addresses, as an expression that leaves this server may name them. */
  addresses(): Promise<Readonly<Partial<Record<RegistryName, string>>>>;
  /** Asks for a path below a registry's address, or for a whole address that one of its pages gave. */
  get(name: RegistryName, path: string, options?: AskOptions): Promise<Response>;
  /** The failure behind what a build wrote, where a registry refused it. */
  refusalIn(text: string): Promise<Error | undefined>;
  close(): void;
}

interface RegistriesParts {
  readonly settings: ServerSettings["registries"];
  /** Distinguishes the servers of one machine. */
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export function makeRegistries(parts: RegistriesParts): Registries {
  let known: Promise<ReadonlyMap<RegistryName, RegistryAddress>> | undefined;
  const gateways = new Map<RegistryName, Promise<Gateway>>();
  const addresses = () => {
    known ??= findAddresses(parts);
    return known;
  };
  const buildUrl = async (registry: RegistryAddress): Promise<string> => {
    const { name, url, authorization } = registry;
    if (authorization === undefined) return url;
    const gateway = gateways.get(name) ?? startGateway(registry, usualPort(parts.home, name));
    gateways.set(name, gateway);
    return (await gateway).url;
  };
  const forBuilds = async () => {
    const found: Partial<Record<RegistryName, string>> = {};
    for (const [name, registry] of await addresses()) found[name] = await buildUrl(registry);
    return found;
  };
  return {
    forBuilds,
    async addresses() {
      const found = [...(await addresses())].map(([name, { url }]) => [name, url] as const);
      return Object.fromEntries(found);
    },
    async get(name, path, options) {
      const registry = (await addresses()).get(name);
      if (registry === undefined) throw registryMissing({ registry: name });
      return getFrom(registry, path, options);
    },
    async refusalIn(text) {
      for (const [name, url] of Object.entries(await forBuilds())) {
        const status = refusedStatus(text, url);
        const hasCredentials = gateways.has(name as RegistryName);
        if (status !== undefined) {
          return registryRefused({ registry: name, status, hasCredentials });
        }
      }
      return undefined;
    },
    close() {
      for (const gateway of gateways.values()) gateway.then((open) => open.close()).catch(() => {});
    },
  };
}

async function findAddresses({
  settings,
  env,
}: RegistriesParts): Promise<ReadonlyMap<RegistryName, RegistryAddress>> {
  const own: Readonly<Partial<Record<RegistryName, typeof npmAddress>>> = {
    npm: npmAddress,
    pypi: pypiAddress,
    go: goAddress,
  };
  const found = new Map<RegistryName, RegistryAddress>();
  for (const name of registryNames) {
    const setting = settings[name];
    const known = setting?.url === undefined ? await own[name]?.(env) : undefined;
    const address = setting === undefined ? known : fromSetting(name, setting, known);
    if (address !== undefined) found.set(name, address);
  }
  return found;
}

async function getFrom(
  registry: RegistryAddress,
  path: string,
  options?: AskOptions,
): Promise<Response> {
  const { name, authorization } = registry;
  const url = /^https?:/.test(path) ? path : `${registry.url}/${path.replace(/^\/+/, "")}`;
  const shown = url.replace(/[?#].*$/, "");
  const unreachable = (reason: string, cause?: unknown) =>
    registryUnreachable({ registry: name, url: shown, reason }, { cause });
  const response = await ask(registry, url, options).catch((error: unknown) => {
    options?.signal?.throwIfAborted();
    throw unreachable(reasonOf(error), error);
  });
  const { status } = response;
  if (response.ok || (status === 404 && options?.mayBeMissing === true)) return response;
  await response.body?.cancel();
  if (status === 401 || status === 403) {
    throw registryRefused({ registry: name, status, hasCredentials: authorization !== undefined });
  }
  throw unreachable(`HTTP status ${status}`);
}

/** fetch() hides what happened in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

/** Nix and the generated fetchers name address and status in one line. */
function refusedStatus(text: string, url: string): number | undefined {
  const line = text
    .split("\n")
    .find((one) => one.includes(url) && /\b(?:401|403)\b/.test(one.replaceAll(url, "")));
  return line === undefined ? undefined : Number(/\b40[13]\b/.exec(line.replaceAll(url, ""))?.[0]);
}

/** Above the ports of Apps, below the range that Linux takes for outgoing connections. */
const firstPort = 30_000;
const portCount = 2_700;

function usualPort(home: string, name: string): number {
  const digest = createHash("sha256").update(`${home}\n${name}`).digest();
  return firstPort + (digest.readUInt32BE(0) % portCount);
}
