import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { makeAddressOf, networkOf } from "./client-address.ts";

function seen(proxies: readonly string[], peer: string | undefined, header?: string): string {
  const headers = header === undefined ? {} : { "x-forwarded-for": header };
  return makeAddressOf(proxies)({ socket: { remoteAddress: peer }, headers } as IncomingMessage);
}

describe("the address of a client", () => {
  const local = ["127.0.0.1", "::1"];

  it.each<[string, readonly string[], string | undefined, string | undefined, string]>([
    ["a stranger's lie", [], "198.51.100.7", "192.0.2.1", "198.51.100.7"],
    ["a stranger's lie beside a proxy", local, "198.51.100.7", "192.0.2.1", "198.51.100.7"],
    ["a proxy's word", local, "127.0.0.1", "192.0.2.1", "192.0.2.1"],
    ["a proxy's word over IPv6", local, "::1", "2001:db8::1", "2001:db8::1"],
    ["an IPv4 proxy on a socket for both", local, "::ffff:127.0.0.1", "192.0.2.1", "192.0.2.1"],
    ["a lie that a proxy has passed on", local, "127.0.0.1", "6.6.6.6, 192.0.2.1", "192.0.2.1"],
    ["two proxies", ["127.0.0.1", "10.0.0.0/8"], "127.0.0.1", "192.0.2.1, 10.1.2.3", "192.0.2.1"],
    ["a word that is no address", local, "127.0.0.1", "evil", "127.0.0.1"],
    ["an empty word", local, "127.0.0.1", "", "127.0.0.1"],
    ["no word at all", local, "127.0.0.1", undefined, "127.0.0.1"],
    ["no connection", local, undefined, "192.0.2.1", "unknown"],
  ])("is not %s but what can be known", (...[, proxies, peer, header, address]) => {
    expect(seen(proxies, peer, header)).toBe(address);
  });
});

it.each([
  ["192.0.2.1", "192.0.2.1"],
  ["2001:db8::1", "2001:db8:0:0"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["::1", "0:0:0:0"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["local", "local"],
])("the network of %s is %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});
