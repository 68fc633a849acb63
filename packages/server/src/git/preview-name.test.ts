import { AppName, appOfPreview, BranchName } from "@hop3/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { previewName } from "./preview-name.ts";

const branches = fc
  .stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_./@+#-]{0,80}$/)
  .filter((text) => BranchName.safeParse(text).success);

describe("previewName", () => {
  it.each([
    ["topic", /^shop--topic$/],
    ["fix-42", /^shop--fix-42$/],
    ["feature/Login", /^shop--feature-login-[0-9a-f]{8}$/],
    ["a_b", /^shop--a-b-[0-9a-f]{8}$/],
    ["x".repeat(200), /^shop--x+-[0-9a-f]{8}$/],
    ["_", /^shop--[0-9a-f]{8}$/],
    ["topic-0123abcd", /^shop--topic-0123abcd-[0-9a-f]{8}$/],
  ])("calls %s so", (branch, expected) => {
    expect(previewName("shop", branch)).toMatch(expected);
  });

  it("is a name of an app and of a host, and belongs to the app", () => {
    fc.assert(
      fc.property(branches, (branch) => {
        const name = previewName("shop", branch);
        expect(AppName.safeParse(name).success).toBe(true);
        expect(name.length).toBeLessThanOrEqual(63);
        expect(appOfPreview(name)).toBe("shop");
      }),
    );
  });

  it("is another one for another branch", () => {
    fc.assert(
      fc.property(branches, branches, (one, other) => {
        expect(previewName("shop", one) === previewName("shop", other)).toBe(one === other);
      }),
    );
  });

  it("says where an app has too long a name", () => {
    expect(() => previewName("s".repeat(52), "x")).toThrow(/too long/);
  });
});
