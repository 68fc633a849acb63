import { Secret, TOTP } from "otpauth";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AccountsBed, makeAccountsBed } from "../../test/support/accounts-bed.ts";
import type { User } from "../db/users.ts";

let bed: AccountsBed;

beforeAll(() => {
  bed = makeAccountsBed();
});
afterAll(() => bed.close());

/** What the app on somebody's telephone shows. */
function codeAt(secret: string, ms: number): string {
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: ms });
}

async function withTotp(
  name: string,
): Promise<{ user: User; secret: string; codes: readonly string[] }> {
  const { secondFactor, users } = bed.accounts;
  const made = await bed.user(name);
  const { secret } = secondFactor.propose(made, "Hop3");
  const codes = secondFactor.enable(made, { secret, code: codeAt(secret, bed.clock.now) });
  bed.clock.now += 30_000;
  const user = users.find(name);
  if (user === undefined) throw new Error("no user");
  return { user, secret, codes };
}

describe("an authenticator app", () => {
  it("is proposed as an address that it understands, and counts only once it is confirmed", async () => {
    const user = await bed.user("ada");
    const { secret, uri } = bed.accounts.secondFactor.propose(user, "Hop3 example.org");
    expect(uri).toBe(
      `otpauth://totp/Hop3%20example.org:ada?issuer=Hop3%20example.org&secret=${secret}&algorithm=SHA1&digits=6&period=30`,
    );
    expect(bed.accounts.users.find("ada")?.totp).toBeUndefined();
    for (const proof of [
      { secret, code: "000000" },
      { secret: "not base32!", code: "000000" },
    ]) {
      expect(() => bed.accounts.secondFactor.enable(user, proof)).toThrow("not the code");
    }
    expect(bed.accounts.users.find("ada")?.totp).toBeUndefined();
  });

  it("gives codes that work once, a step early or late, and no other", async () => {
    const { user, secret } = await withTotp("bob");
    const { accepts } = bed.accounts.secondFactor;
    const { now } = bed.clock;
    expect(accepts(user, codeAt(secret, now - 90_000))).toBe(false);
    expect(accepts(user, codeAt(secret, now + 90_000))).toBe(false);
    const code = codeAt(secret, now);
    expect(accepts(user, `${code.slice(0, 3)} ${code.slice(3)}`)).toBe(true);
    expect(accepts(user, code)).toBe(false);
    expect(accepts(user, codeAt(secret, now - 30_000))).toBe(false);
    expect(accepts(user, codeAt(secret, now + 30_000))).toBe(true);
    expect(accepts(user, "")).toBe(false);
  });

  it("keeps its secret sealed", async () => {
    const { user, secret } = await withTotp("carol");
    const sealed = Buffer.from(user.totp ?? []);
    expect(sealed.includes(Buffer.from(secret))).toBe(false);
  });

  it("leaves recovery codes, each of which works once", async () => {
    const { user, codes } = await withTotp("dora");
    expect(codes).toHaveLength(10);
    expect(new Set(codes).size).toBe(10);
    const [one = "", two = ""] = codes;
    expect(one).toMatch(/^[a-z2-7]{4}(-[a-z2-7]{4}){3}$/);
    const { accepts, disable } = bed.accounts.secondFactor;
    expect(accepts(user, ` ${one.toUpperCase()} `)).toBe(true);
    expect(accepts(user, one)).toBe(false);
    expect(accepts(user, "aaaa-bbbb-cccc-dddd")).toBe(false);
    disable(user);
    expect(accepts(user, two)).toBe(false);
  });
});
