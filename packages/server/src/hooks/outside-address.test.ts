import { describe, expect, it } from "vitest";
import { findOutside, isInternal, parseOutsideUrl } from "./outside-address.ts";

describe("isInternal", () => {
  it.each([
    "127.0.0.1",
    "0.0.0.0",
    "10.1.2.3",
    "172.31.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:0:1::",
    "fe80::1",
    "fc00::1",
    "ff02::1",
    "no address",
  ])("%s", (address) => {
    expect(isInternal(address)).toBe(true);
  });

  it.each(["1.1.1.1", "140.82.121.3", "172.32.0.1", "2606:4700::1111"])("not %s", (address) => {
    expect(isInternal(address)).toBe(false);
  });
});

describe("parseOutsideUrl", () => {
  it.each([
    "file:///etc/passwd",
    "ext::sh -c id",
    "ssh://git@example.org/x.git",
    "/srv/x.git",
    "git://example.org/x",
    "https://user:secret@example.org/x.git",
    "https://example.org/x.git#y",
    "--upload-pack=id",
  ])("refuses %s", (text) => {
    expect(() => parseOutsideUrl(text)).toThrow();
  });

  it("repeats no password", () => {
    expect(() => parseOutsideUrl("https://u:hunter2@example.org/")).toThrow(/^(?!.*hunter2).*$/);
  });
});

describe("findOutside", () => {
  it.each([
    "http://127.0.0.1/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://[::1]/",
    "http://[::ffff:7f00:1]/",
    "http://localhost/",
  ])("refuses %s", async (text) => {
    await expect(findOutside(new URL(text), [])).rejects.toMatchObject({
      code: "REMOTE_ADDRESS_INTERNAL",
    });
  });

  it("goes where server.toml says", async () => {
    const found = await findOutside(new URL("http://127.0.0.1:81/"), ["127.0.0.1"]);
    expect(found).toMatchObject({ address: "127.0.0.1", port: 81, isNamed: true });
  });
});
