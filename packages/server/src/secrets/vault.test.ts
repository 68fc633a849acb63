import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openVault } from "./vault.ts";

let dir: string;
let file: string;

beforeEach(() => {
  dir = mkdtempSync("/tmp/hop3-vault-");
  file = join(dir, "hop3.key");
});

afterEach(() => rmSync(dir, { recursive: true }));

describe("the vault", () => {
  it("gives back what was sealed, also after a restart, and never seals it alike twice", () => {
    const vault = openVault(file, { mayMake: true });
    const again = openVault(file, { mayMake: false });
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string(), (text, purpose) => {
        const wellFormed = text.toWellFormed();
        const sealed = vault.seal(wellFormed, purpose);
        expect(again.open(sealed, purpose)).toBe(wellFormed);
        expect(Buffer.from(vault.seal(wellFormed, purpose)).equals(sealed)).toBe(false);
      }),
    );
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("opens nothing that was moved to another purpose", () => {
    const vault = openVault(file, { mayMake: true });
    const sealed = vault.seal("value", "config 1/A");
    for (const purpose of ["config 1/B", "config 2/A", "release 1/1", ""]) {
      expect(() => vault.open(sealed, purpose)).toThrow("does not fit the database");
    }
  });

  it("opens nothing that was changed, wherever", () => {
    const vault = openVault(file, { mayMake: true });
    const sealed = vault.seal("value", "purpose");
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(() => vault.open(changed, "purpose"), `byte ${at}`).toThrow("hop3.key");
      expect(() => vault.open(sealed.subarray(0, at), "purpose")).toThrow("hop3.key");
    }
  });

  it("has equal digests for equal values alone, whatever their order", () => {
    const vault = openVault(file, { mayMake: true });
    expect(vault.digest({ A: "1", B: "2" })).toBe(vault.digest({ B: "2", A: "1" }));
    expect(vault.digest({ A: "1", B: "2" })).not.toBe(vault.digest({ A: "2", B: "1" }));
    expect(vault.digest({ A: "1" })).not.toBe(vault.digest({ A1: "" }));
  });

  it.each(["", "short", Buffer.alloc(31).toString("base64"), "not base64 at all!".repeat(9)])(
    "refuses the damaged key %j",
    (text) => {
      writeFileSync(file, text);
      expect(() => openVault(file, { mayMake: true })).toThrow("does not hold a key");
    },
  );

  it("makes no key where one must exist", () => {
    expect(() => openVault(file, { mayMake: false })).toThrow("is missing");
  });
});
