import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import { addressInternal, addressUnfit, hostUnknown } from "./hook-errors.ts";

/** Where a request of the server may go, found once: what is asked later is this address and no other. */
export interface OutsideAddress {
  readonly url: URL;
  readonly address: string;
  readonly port: number;
  /** One that server.toml names: an internal one. */
  readonly isNamed: boolean;
}

const internal = makeInternal();

/** Networks that are nobody else's: IANA's registries of special-purpose addresses. */
function makeInternal(): BlockList {
  const list = new BlockList();
  const four = [
    ["0.0.0.0", 8],
    ["10.0.0.0", 8],
    ["100.64.0.0", 10],
    ["127.0.0.0", 8],
    ["169.254.0.0", 16],
    ["172.16.0.0", 12],
    ["192.0.0.0", 24],
    ["192.0.2.0", 24],
    ["192.88.99.0", 24],
    ["192.168.0.0", 16],
    ["198.18.0.0", 15],
    ["198.51.100.0", 24],
    ["203.0.113.0", 24],
    ["224.0.0.0", 3],
  ] as const;
  for (const [net, prefix] of four) list.addSubnet(net, prefix, "ipv4");
  return list;
}

/** Of IPv6 only global unicast is outside, and of that not what carries an IPv4 address within or is for documents. */
const global = new BlockList();
global.addSubnet("2000::", 3, "ipv6");
const carriers = new BlockList();
carriers.addSubnet("2001::", 23, "ipv6");
carriers.addSubnet("2001:db8::", 32, "ipv6");
carriers.addSubnet("2002::", 16, "ipv6");
carriers.addSubnet("3fff::", 20, "ipv6");

/** Whether an address belongs to this machine or to a network of its own. */
export function isInternal(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return internal.check(address, "ipv4");
  if (family !== 6) return true;
  return !global.check(address, "ipv6") || carriers.check(address, "ipv6");
}

/** An address as people write it, before anything is asked. */
export function parseOutsideUrl(text: string): URL {
  const url = URL.parse(text);
  const shown = text.slice(0, 200);
  if (url === null) throw addressUnfit({ url: shown, reason: "is not an address" });
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw addressUnfit({ url: shown, reason: "does not begin with https:// or http://" });
  }
  if (url.username !== "" || url.password !== "") {
    const bare = new URL(url);
    bare.username = "";
    bare.password = "";
    throw addressUnfit({ url: bare.href, reason: "has a name or password in it" });
  }
  if (url.hash !== "") throw addressUnfit({ url: shown, reason: "has a # in it" });
  return url;
}

/** Finds where a host is, and refuses what is internal unless `internalHosts` names it. */
export async function findOutside(
  url: URL,
  internalHosts: readonly string[],
): Promise<OutsideAddress> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = url.port === "" ? defaultPort(url) : Number(url.port);
  const found = await resolve(host);
  const isNamed = internalHosts.includes(host);
  const inside = found.find(isInternal);
  // One that is internal is enough: which of them a client takes is chance.
  if (inside !== undefined && !isNamed) throw addressInternal({ host, address: inside });
  const [address] = found;
  if (address === undefined) throw hostUnknown({ host, reason: "it has none" });
  return { url, address, port, isNamed };
}

const defaultPorts: Readonly<Record<string, number>> = { "https:": 443, "ssh:": 22 };

function defaultPort(url: URL): number {
  return defaultPorts[url.protocol] ?? 80;
}

async function resolve(host: string): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw hostUnknown({ host, reason }, { cause });
  }
}
