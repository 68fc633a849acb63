import type { ClosurePath } from "@hop3/core/api";
import { hierarchy, treemap } from "d3-hierarchy";

/** A rectangle of the drawing, in percent of it. */
export interface Tile {
  /** What it is of; without it, all the rest together. */
  readonly path: ClosurePath | undefined;
  readonly bytes: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

interface Part {
  readonly path: ClosurePath | undefined;
  readonly bytes: number;
}

/** Twice as wide as high; the tiles are squares as far as they can be. */
const width = 200;
const height = 100;

/** Areas as large as what they stand for; smaller than the `most` largest are shown as one. */
export function layoutTiles(paths: readonly ClosurePath[], most = 80): readonly Tile[] {
  const sorted = paths.toSorted((one, other) => other.bytes - one.bytes);
  const rest = sorted.slice(most).reduce((sum, { bytes }) => sum + bytes, 0);
  const parts: Part[] = sorted.slice(0, most).map((path) => ({ path, bytes: path.bytes }));
  if (rest > 0) parts.push({ path: undefined, bytes: rest });
  const root = hierarchy<{ readonly bytes: number; readonly parts?: readonly Part[] }>(
    { bytes: 0, parts: parts.filter(({ bytes }) => bytes > 0) },
    (node) => node.parts,
  ).sum(({ bytes }) => bytes);
  const { children = [] } = treemap<Part>().size([width, height]).padding(0.3)(root as never);
  return children.map(({ data, x0, x1, y0, y1 }) => ({
    ...data,
    left: (x0 / width) * 100,
    top: (y0 / height) * 100,
    width: ((x1 - x0) / width) * 100,
    height: ((y1 - y0) / height) * 100,
  }));
}
