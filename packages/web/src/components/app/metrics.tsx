import type { AppDetail, MetricPoint, AppMetrics as Metrics } from "@hop3/core/api";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { at, get } from "../../api.ts";
import { Field } from "../field.tsx";
import { bytes } from "../format.ts";
import { LineChart } from "../line-chart.tsx";
import { Answer, Empty } from "../states.tsx";
import { TableCard } from "../table-card.tsx";
import { Time } from "../time.tsx";

const spans: readonly (readonly [minutes: number, label: string])[] = [
  [15, "15 minutes"],
  [60, "1 hour"],
  [360, "6 hours"],
  [1440, "24 hours"],
];

/** Memory and processor time of the app, all processes together and each alone. */
export function AppMetrics({ app: { name } }: { readonly app: AppDetail }) {
  const [minutes, setMinutes] = useState(60);
  const metrics = useQuery({
    queryKey: ["app", name, "metrics", minutes],
    queryFn: () => get<Metrics>(at`/apps/${name}/metrics`, { minutes }),
    refetchInterval: 10_000,
  });
  return (
    <div className="stack">
      <div className="fields">
        <Field label="Show the last">
          <select value={minutes} onChange={({ target }) => setMinutes(Number(target.value))}>
            {spans.map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </Field>
      </div>
      <Answer of={metrics}>
        {(data) =>
          data.total.length < 2 ? (
            <Empty title="Nothing is measured yet">
              <p>A point is taken every few seconds while the app runs.</p>
            </Empty>
          ) : (
            <Charts metrics={data} />
          )
        }
      </Answer>
    </div>
  );
}

function Charts({ metrics: { total, processes } }: { readonly metrics: Metrics }) {
  return (
    <>
      <Chart title="Memory" points={total} read={({ memoryBytes }) => memoryBytes} format={bytes} />
      <Chart title="Processor" points={total} read={(point) => point.cpu} format={cores} />
      <TableCard label="Processes">
        <thead>
          <tr>
            <th>Process</th>
            <th>Memory</th>
            <th>Processor</th>
          </tr>
        </thead>
        <tbody>
          {processes.map(({ id, worker, instance, points }) => (
            <tr key={id}>
              <td>
                {worker}.{instance}
              </td>
              <td>
                <div className="row">
                  <LineChart
                    label={`Memory of ${worker}.${instance}`}
                    values={points.map(({ memoryBytes }) => memoryBytes)}
                  />
                  <span className="number">{bytes(points.at(-1)?.memoryBytes ?? 0)}</span>
                </div>
              </td>
              <td>
                <div className="row">
                  <LineChart
                    label={`Processor time of ${worker}.${instance}`}
                    values={points.map((point) => point.cpu)}
                  />
                  <span className="number">{cores(points.at(-1)?.cpu ?? 0)}</span>
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </TableCard>
    </>
  );
}

interface ChartProps {
  readonly title: string;
  readonly points: readonly MetricPoint[];
  readonly read: (point: MetricPoint) => number;
  readonly format: (value: number) => string;
}

function Chart({ title, points, read, format }: ChartProps) {
  const values = points.map(read);
  const highest = Math.max(...values);
  const [first, last] = [points[0], points.at(-1)];
  return (
    <section className="card">
      <div className="row">
        <h2>{title}</h2>
        <span className="muted number">
          now {format(values.at(-1) ?? 0)}, highest {format(highest)}
        </span>
      </div>
      <LineChart size="large" values={values} label={`${title} over time`} />
      {first === undefined || last === undefined ? null : (
        <div className="chart-times muted small">
          <Time at={first.at} />
          <Time at={last.at} />
        </div>
      )}
    </section>
  );
}

/** 0.5 is half of one core. */
function cores(value: number): string {
  return `${value.toFixed(2)} cores`;
}
