interface Box {
  readonly width: number;
  readonly height: number;
  /** Value at the upper edge. */
  readonly top: number;
}

/** The `d` of an SVG path from the first value at the left edge to the last at the right one. */
export function linePath(values: readonly number[], { width, height, top }: Box): string {
  if (values.length < 2) return "";
  const step = width / (values.length - 1);
  const scale = top <= 0 ? 0 : (height - 2) / top;
  const points = values.map((value, index) => {
    const y = height - 1 - Math.min(value, top) * scale;
    return `${round(index * step)},${round(y)}`;
  });
  return `M${points.join("L")}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
