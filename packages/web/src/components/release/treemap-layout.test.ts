import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layoutTiles, type Tile } from "./treemap-layout.ts";

const makePath = (bytes: number, index: number) => ({
  path: `/nix/store/${index}`,
  name: `part-${index}`,
  bytes,
  references: [],
});

const Sizes = fc.array(fc.integer({ min: 0, max: 1_000_000_000 }), { maxLength: 300 });

function overlap(one: Tile, other: Tile): boolean {
  const isBeside =
    one.left + one.width <= other.left + 1e-9 || other.left + other.width <= one.left + 1e-9;
  const isAbove =
    one.top + one.height <= other.top + 1e-9 || other.top + other.height <= one.top + 1e-9;
  return !isBeside && !isAbove;
}

describe("layoutTiles", () => {
  it("leaves nothing out, shows nothing twice, and stays in the drawing", () => {
    fc.assert(
      fc.property(Sizes, (sizes) => {
        const tiles = layoutTiles(sizes.map(makePath), 20);
        const sum = (counts: readonly number[]) => counts.reduce((all, each) => all + each, 0);
        expect(sum(tiles.map(({ bytes }) => bytes))).toBe(sum(sizes));
        for (const { left, top, width, height } of tiles) {
          expect(Math.min(left, top, width, height)).toBeGreaterThanOrEqual(-1e-9);
          expect(Math.max(left + width, top + height)).toBeLessThanOrEqual(100 + 1e-9);
        }
        const pairs = tiles.flatMap((one, index) =>
          tiles.slice(index + 1).map((other) => overlap(one, other)),
        );
        expect(pairs).not.toContain(true);
      }),
      { numRuns: 50 },
    );
  });

  it("gives what weighs more a larger area, and the rest one of its own", () => {
    const tiles = layoutTiles([600, 300, 60, 40].map(makePath), 2);
    expect(tiles.map(({ path, bytes }) => [path?.name, bytes])).toEqual([
      ["part-0", 600],
      ["part-1", 300],
      [undefined, 100],
    ]);
    const areas = tiles.map(({ width, height }) => width * height);
    expect(areas).toEqual(areas.toSorted((one, other) => other - one));
  });

  it("is empty where nothing weighs anything", () => {
    expect(layoutTiles([0, 0].map(makePath))).toEqual([]);
    expect(layoutTiles([])).toEqual([]);
  });
});
