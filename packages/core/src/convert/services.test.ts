import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AddonName } from "../names.ts";
import { addonNameFrom } from "./services.ts";

describe("addonNameFrom", () => {
  it.each([
    ["cache", "cache"],
    ["My cache (big)", "My-cache-big-"],
    ["__sessions", "sessions"],
    ["a".repeat(60), "a".repeat(40)],
    ["¿?", undefined],
    ["", undefined],
  ])("makes %j to %j", (text, name) => {
    expect(addonNameFrom(text)).toBe(name);
  });

  it("makes nothing but names that an addon may have, and leaves those as they are", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.string()), (text) => {
        const name = addonNameFrom(text);
        if (name === undefined) return;
        expect(AddonName.parse(name)).toBe(name);
        expect(addonNameFrom(name)).toBe(name);
      }),
    );
  });
});
