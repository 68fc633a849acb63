import { describe, expect, it } from "vitest";
import { hashPassword, verifyPassword } from "./passwords.ts";

describe("a password's hash", () => {
  it("is argon2id with its cost and a nonce of its own, and opens with that password alone", async () => {
    const [one, two] = await Promise.all([
      hashPassword("correct horse"),
      hashPassword("correct horse"),
    ]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(one).not.toBe(two);
    expect(await verifyPassword(one, "correct horse")).toBe(true);
    expect(await verifyPassword(one, "correct horse ")).toBe(false);
    expect(await verifyPassword(one, "")).toBe(false);
  });

  it("is that of the same word typed on another keyboard", async () => {
    const composed = await hashPassword("caf\u00e9 caf\u00e9");
    expect(await verifyPassword(composed, "cafe\u0301 cafe\u0301")).toBe(true);
  });

  it("names its own cost, so that a later one can be higher", async () => {
    // Of the reference implementation: argon2 somesalt -id -t 2 -k 64 -p 1, password `password`.
    const cheap =
      "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    expect(await verifyPassword(cheap, "password")).toBe(true);
    expect(await verifyPassword(cheap, "passwort")).toBe(false);
  });

  it("that is none refuses everything", async () => {
    expect(await verifyPassword(undefined, "")).toBe(false);
    expect(await verifyPassword("plain text", "plain text")).toBe(false);
  });

  it("is made for so many at once and no more", async () => {
    const many = Array.from({ length: 60 }, () => verifyPassword(undefined, "x"));
    const results = await Promise.allSettled(many);
    const refused = results.filter(({ status }) => status === "rejected");
    expect(refused.length).toBe(60 - 34);
    expect(refused[0]).toMatchObject({ reason: { code: "SIGN_IN_BUSY" } });
    expect(await verifyPassword(undefined, "x")).toBe(false);
  });
});
