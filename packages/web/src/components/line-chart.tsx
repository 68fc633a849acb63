import { linePath } from "./line-path.ts";

interface LineChartProps {
  readonly values: readonly number[];
  /** What it shows, for those who do not see it. */
  readonly label: string;
  /** Value at the upper edge; without it, a little above the highest of the values. */
  readonly max?: number;
  readonly size?: "small" | "large";
}

const sizes = { small: { width: 120, height: 28 }, large: { width: 720, height: 160 } } as const;

const headroom = 1.15;

/** Values over time as one line; the left end is the oldest. */
export function LineChart({ values, label, max, size = "small" }: LineChartProps) {
  const { width, height } = sizes[size];
  const top = max ?? Math.max(...values, 0) * headroom;
  return (
    <svg
      className={`line-chart ${size}`}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path d={linePath(values, { width, height, top })} />
    </svg>
  );
}
