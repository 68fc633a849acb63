import { z } from "zod";

/** Memory in bytes; CPU in cores, so that 0.5 is half of one and 2 is two of them. */
export const MetricPoint = z.strictObject({
  at: z.iso.datetime(),
  memoryBytes: z.int(),
  cpu: z.number(),
});
export type MetricPoint = z.infer<typeof MetricPoint>;

export const AppMetrics = z.strictObject({
  /** Time from one point to the next; where nothing was measured there is none. */
  stepSeconds: z.int(),
  /** All Processes together. */
  total: z.array(MetricPoint),
  processes: z.array(
    z.strictObject({
      id: z.string(),
      worker: z.string(),
      instance: z.int(),
      release: z.int(),
      points: z.array(MetricPoint),
    }),
  ),
});
export type AppMetrics = z.infer<typeof AppMetrics>;

/** The last minutes in few points, oldest first, for a small drawing. */
export const Spark = z.strictObject({
  memoryBytes: z.array(z.int()),
  cpu: z.array(z.number()),
});
export type Spark = z.infer<typeof Spark>;
