import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Hop3Lock,
  lockHashes,
  lockKey,
  parseHop3Lock,
  printHop3Lock,
  requireLocked,
} from "./hop3-lock.ts";

const hash = `sha256-${"A".repeat(43)}=`;

const wrong: readonly (readonly [name: string, text: string, message: RegExp])[] = [
  ["no JSON", "{", /hop3\.lock .*not valid JSON/],
  ["another version", '{"version": 2, "packages": {}}', /version 2; known are 1/],
  ["no version", '{"packages": {}}', /version/],
  ["an unknown key", '{"version": 1, "packages": {}, "more": 1}', /more/],
  ["a key without version", entry("go:x", "x.zip"), /no registry:name@version/],
  ["a hash of md5", entry("go:x@1", "x.zip", { hash: "md5-AAAA" }), /is no hash/],
  ["a name that leads out", entry("go:x@1", "../x"), /no name of a file/],
  ["a path that leads out", entry("go:x@1", "x", { path: "a/../../b" }), /no path/],
  ["an address as path", entry("go:x@1", "x", { path: "http://a/b" }), /no path/],
  ["no files", '{"version": 1, "packages": {"go:x@1": []}}', /go:x@1/],
];

function entry(key: string, file: string, more: object = {}): string {
  return JSON.stringify({ version: 1, packages: { [key]: [{ file, hash, ...more }] } });
}

describe("hop3.lock", () => {
  it.each(wrong)("%s is refused", (_name, text, message) => {
    expect(() => parseHop3Lock(text)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(message) }),
    );
  });

  it("is empty where there is none", () => {
    expect(parseHop3Lock(undefined).packages).toEqual({});
  });

  it("reads what it prints, whatever the order, and prints that as before", () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9.]{0,8}$/).filter((text) => !text.includes(".."));
    const file = fc.record({
      file: word,
      hash: fc.constant(hash),
      path: fc.option(
        fc.tuple(word, word).map((parts) => parts.join("/")),
        { nil: undefined },
      ),
    });
    const files = fc.uniqueArray(file, { selector: (item) => item.file, minLength: 1 });
    const key = fc
      .tuple(fc.constantFrom("go", "pypi"), word, word)
      .map(([a, b, c]) => `${a}:${b}@${c}`);
    fc.assert(
      fc.property(fc.dictionary(key, files), (packages) => {
        const text = printHop3Lock({ version: 1, packages } as Hop3Lock);
        const again = parseHop3Lock(text);
        expect(printHop3Lock(again)).toBe(text);
        const turned = Object.fromEntries(Object.entries(again.packages).reverse());
        expect(printHop3Lock({ version: 1, packages: turned })).toBe(text);
        expect(Object.keys(again.packages)).toEqual(Object.keys(packages).sort());
      }),
    );
  });

  it("gives readers of lockfiles the hashes of their registry", () => {
    const lock = parseHop3Lock(entry("pypi:flask@3.0", "flask-3.0.tar.gz"));
    expect(lockHashes(lock, "pypi")).toEqual({ "flask@3.0": hash });
    expect(lockHashes(lock, "npm")).toEqual({});
  });

  it("names what it does not know, and the command that finds out", () => {
    const key = lockKey("pypi", { name: "flask", version: "3.0" });
    const wanted = { key, place: { file: "requirements.txt", line: 3 } };
    expect(() => requireLocked(parseHop3Lock(undefined), wanted)).toThrow(
      expect.objectContaining({
        message: expect.stringContaining("pypi:flask@3.0"),
        failure: expect.objectContaining({
          code: "LOCKFILE_NO_HASH",
          hint: expect.stringContaining("hop3 nix lock"),
        }),
      }),
    );
  });
});
