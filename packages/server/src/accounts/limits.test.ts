import { describe, expect, it } from "vitest";
import { makeSignInLimit } from "./limits.ts";

function makeLimit() {
  const clock = { now: 0 };
  const limit = makeSignInLimit(() => new Date(clock.now));
  /** Seconds to wait, 0 where the try counts. */
  const waitOf = (work: () => void): number => {
    try {
      work();
      return 0;
    } catch (error) {
      return Number(/in (\d+) s/.exec(String(error))?.[1]);
    }
  };
  const attempt = (account: string | undefined, address: string, isKnown = false): number =>
    waitOf(() => limit.begin(account, { address, isKnown }));
  const wrongToken = (address: string): number => waitOf(() => limit.wrongToken(address));
  return { clock, limit, attempt, wrongToken };
}

describe("the limit on sign-in", () => {
  it("lets some tries of an account pass, then asks for more and more time, a minute at most", () => {
    const { clock, attempt } = makeLimit();
    const waits: number[] = [];
    for (let address = 0; waits.length < 14; address++) {
      const wait = attempt("eve", `192.0.2.${address}`);
      waits.push(wait);
      clock.now += wait * 1000;
      if (wait > 0) expect(attempt("eve", "198.51.100.1")).toBe(0);
    }
    expect(waits).toEqual([0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  it("counts tries that come at once, before any has an outcome", () => {
    const { attempt } = makeLimit();
    const passed = Array.from({ length: 100 }, () => attempt("eve", "local")).filter(
      (s) => s === 0,
    );
    expect(passed.length).toBe(5);
  });

  it("slows an address down that tries many accounts, and all of an IPv6 network with it", () => {
    const { attempt } = makeLimit();
    for (let n = 0; n < 20; n++) expect(attempt(`user${n}`, `2001:db8::${n + 1}`)).toBe(0);
    expect(attempt("user20", "2001:db8:0:0:ffff::1")).toBe(1);
    expect(attempt("user20", "2001:db8:0:1::1")).toBe(0);
    expect(attempt(undefined, "2001:db8::7")).toBe(1);
  });

  it("begins anew for an account after the right password, and for anybody after an hour", () => {
    const { clock, limit, attempt } = makeLimit();
    for (let n = 0; n < 5; n++) attempt("ada", "local");
    limit.succeeded("ada", { address: "local" });
    expect(attempt("ada", "local")).toBe(0);
    for (let n = 0; n < 5; n++) attempt("bob", "local");
    expect(attempt("bob", "local")).toBeGreaterThan(0);
    clock.now += 3600_001;
    expect(Array.from({ length: 5 }, () => attempt("bob", "local"))).toEqual([0, 0, 0, 0, 0]);
  });

  it("remembers a bounded number of names", () => {
    const { attempt } = makeLimit();
    for (let n = 0; n < 5; n++) attempt("first", "local");
    for (let n = 0; n < 20_001; n++) attempt(`name${n}`, "local");
    expect(attempt("first", "local")).toBe(0);
  });

  it("cannot be used by strangers to keep an owner out of where the owner has been before", () => {
    const { clock, attempt, limit } = makeLimit();
    for (let minute = 0; minute < 600; minute++) {
      clock.now += 60_000;
      for (let n = 0; n < 5; n++) attempt("ada", `198.51.${minute % 200}.${n}`);
    }
    expect(attempt("ada", "192.0.2.9")).toBeGreaterThan(0);
    expect(attempt("ada", "192.0.2.1", true)).toBe(0);
    limit.succeeded("ada", { address: "192.0.2.1", isKnown: true });
    expect(attempt("ada", "192.0.2.9")).toBeGreaterThan(0);
  });

  it("slows down whoever tries tokens, and nobody else", () => {
    const { attempt, wrongToken } = makeLimit();
    const waits = Array.from({ length: 302 }, () => wrongToken("192.0.2.1"));
    expect(waits.lastIndexOf(0)).toBe(299);
    expect(wrongToken("192.0.2.2")).toBe(0);
    expect(attempt("ada", "192.0.2.1")).toBe(0);
  });
});
