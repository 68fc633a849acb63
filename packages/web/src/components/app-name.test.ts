import { AppName } from "@hop3/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { suggestName } from "./app-name.ts";

describe("suggestName", () => {
  it.each([
    ["My App", "my-app"],
    ["shop_v2.tar.gz", "shop-v2"],
    ["2048", ""],
    ["Café", "cafe"],
    ["--x--y--", "x-y"],
  ])("%s", (text, name) => {
    expect(suggestName(text)).toBe(name);
  });

  it("is a name, or too short to be one", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const name = suggestName(text);
        expect(name.length < 2 || AppName.safeParse(name).success).toBe(true);
      }),
    );
  });
});
