import { describe, expect, it } from "vitest";
import { linePath } from "./line-path.ts";

describe("linePath", () => {
  const box = { width: 100, height: 12, top: 10 };

  it.each([
    [[], ""],
    [[5], ""],
    [[0, 10], "M0,11L100,1"],
    [[10, 5, 0], "M0,1L50,6L100,11"],
    [[20, 0], "M0,1L100,11"],
  ])("%j", (values, path) => {
    expect(linePath(values, box)).toBe(path);
  });

  it("is flat at the bottom where everything is nothing", () => {
    expect(linePath([0, 0], { ...box, top: 0 })).toBe("M0,11L100,11");
  });
});
