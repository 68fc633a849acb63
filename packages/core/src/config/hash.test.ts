import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toSri } from "./hash.ts";

const nix = (...args: readonly string[]) =>
  execFileSync("nix-hash", [...args], { encoding: "utf8" })
    .trim()
    .split("\n");

describe("toSri", () => {
  it("agrees with Nix about every spelling", () => {
    const bytes = fc.sample(fc.uint8Array({ minLength: 32, maxLength: 32 }), 30);
    const hex = [...bytes, new Uint8Array(32), new Uint8Array(32).fill(255)].map((one) =>
      Buffer.from(one).toString("hex"),
    );
    const base32 = nix("--type", "sha256", "--to-base32", ...hex);
    for (const [index, text] of hex.entries()) {
      const base64 = Buffer.from(text, "hex").toString("base64");
      const sri = `sha256-${base64}`;
      for (const spelling of [text, base64, base32[index] ?? "", sri, `sha256:${text}`]) {
        expect(toSri(spelling), spelling).toBe(sri);
      }
    }
  });

  it("keeps sha512 and refuses what is no hash", () => {
    const sha512 = `sha512-${createHash("sha512").update("x").digest("base64")}`;
    expect(toSri(sha512)).toBe(sha512);
    const wrong = [
      "",
      "abc",
      "sha256-abc=",
      "e".repeat(52),
      "z".repeat(52),
      "g".repeat(64),
      "md5-x",
    ];
    for (const text of wrong) expect(toSri(text), text).toBeUndefined();
  });
});
