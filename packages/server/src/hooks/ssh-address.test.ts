import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSshAddress, parseSshUrl } from "./ssh-address.ts";

describe("an address of SSH", () => {
  it.each([
    ["git@github.com:me/shop.git", "ssh://git@github.com/me/shop.git"],
    ["git@GitHub.com:/me/shop.git", "ssh://git@github.com/me/shop.git"],
    ["ssh://github.com/me/shop.git", "ssh://git@github.com/me/shop.git"],
    ["ssh://git@host.example:22/a", "ssh://git@host.example/a"],
    ["ssh://forge@host.example:2222/~me/a", "ssh://forge@host.example:2222/~me/a"],
    ["SSH://git@[2001:db8::1]:2222/a", "ssh://git@[2001:db8::1]:2222/a"],
  ])("%s is %s", (text, href) => {
    expect(isSshAddress(text)).toBe(true);
    expect(parseSshUrl(text).href).toBe(href);
  });

  it.each([
    ["ssh://git:secret@host/a", "'ssh://git@host/a' has a password in it"],
    ["ssh://-oProxyCommand=id@host/a", "has a user name that is none"],
    ["ssh://git@-oProxyCommand=id/a", "has no name or address of a host"],
    ["ssh:///a", "has no name or address of a host"],
    ["ssh://git@host", "has a path that is not taken here"],
    ["ssh://git@host/a'$(id)'", "has a path that is not taken here"],
    ["git@host:a;id", "has a path that is not taken here"],
    ["ssh://git@host/a?x", "has a ? or # in it"],
    ["ssh://git@host:99999/a", "is not an address"],
  ])("%s is refused", (text, reason) => {
    expect(isSshAddress(text)).toBe(true);
    expect(() => parseSshUrl(text)).toThrow(reason);
  });

  it.each(["https://host/a", "ext::sh -c id", "/srv/a.git", "host:a", "git@host/a:b"])(
    "%s is none",
    (text) => expect(isSshAddress(text)).toBe(false),
  );

  it("comes out as it went in once it was read, and never with what a shell understands", () => {
    const text = fc.string({ unit: "binary-ascii", maxLength: 40 });
    fc.assert(
      fc.property(text, text, (host, path) => {
        let href: string;
        try {
          ({ href } = parseSshUrl(`ssh://${host}/${path}`));
        } catch {
          return;
        }
        expect(parseSshUrl(href).href).toBe(href);
        expect(href).not.toMatch(/[\s'"`$;&|<>()\\*?#]/);
      }),
    );
  });
});
