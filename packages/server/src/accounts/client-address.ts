import type { IncomingMessage } from "node:http";
import { BlockList, isIP } from "node:net";

/** Where a request comes from: what limits count by, and what the audit log and lists of sessions say. */
export type AddressOf = (request: IncomingMessage) => string;

/**
 * The other end of the connection, or whom a proxy of ours names. What a header says of it anybody could have written,
 * so each entry is believed only as far as the one who wrote it is a proxy.
 */
export function makeAddressOf(proxies: readonly string[]): AddressOf {
  const trusted = makeList(proxies);
  return ({ socket, headers }) => {
    let address = plain(socket.remoteAddress ?? "unknown");
    const chain = String(headers["x-forwarded-for"] ?? "").split(",");
    for (const entry of chain.reverse()) {
      const named = plain(entry.trim());
      if (!trusted(address) || isIP(named) === 0) break;
      address = named;
    }
    return address;
  };
}

function makeList(proxies: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const entry of proxies) {
    const [address = "", bits] = entry.split("/");
    const family = familyOf(address);
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => isIP(address) !== 0 && list.check(address, familyOf(address));
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}

/** Sockets that take both families write IPv4 addresses as IPv6. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/, "");
}

/** Whoever has one IPv6 address has the 2^64 beside it too. */
export function networkOf(from: string): string {
  const address = plain(from);
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("::");
  const front = head === "" ? [] : head.split(":");
  const back = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - front.length - back.length);
  const groups = [...front, ...Array.from({ length: zeros }, () => "0"), ...back];
  return groups.slice(0, 4).join(":");
}
