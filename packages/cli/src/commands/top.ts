import type { AppMetrics, MetricPoint } from "@hop3/core";
import { chooseApp } from "../app.ts";
import { type Block, line, type Span, table } from "../blocks.ts";
import { at } from "../client.ts";
import type { Answer } from "../command.ts";
import type { Context } from "../context.ts";
import { type Input, parseWhole } from "../input.ts";
import { formatBytes, formatMinute } from "../text.ts";
import { fetchApps } from "./apps.ts";

/** `0.25`: a quarter of one core. */
function formatCpu(cpu: number): string {
  return cpu.toFixed(2);
}

/** What is used now. */
export async function top(input: Input, context: Context): Promise<Answer> {
  const app = input.app();
  if (app !== undefined) return await topOfApp(app, context);
  const apps = (await fetchApps(context)).sort(
    (one, other) => (other.memoryBytes ?? 0) - (one.memoryBytes ?? 0),
  );
  if (apps.length === 0) return { json: { apps }, blocks: [line("No apps yet.")] };
  const rows = apps.map(({ name, state, memoryBytes, cpu }): Span[] => [
    { text: name, tone: "bold" },
    state,
    memoryBytes === undefined ? "-" : formatBytes(memoryBytes),
    cpu === undefined ? "-" : formatCpu(cpu),
  ]);
  return { json: { apps }, blocks: [table(["app", "state", "memory", "cores"], rows)] };
}

async function topOfApp(app: string, context: Context): Promise<Answer> {
  const request = { path: at`/apps/${app}/processes`, signal: context.signal };
  const { processes } = await context.client.json(request, "Processes");
  if (processes.length === 0)
    return { json: { processes }, blocks: [line(`${app} runs nothing.`)] };
  const rows = processes.map(({ worker, instance, state, release, memoryBytes, cpu }): Span[] => [
    { text: `${worker}.${instance}`, tone: "bold" },
    state,
    String(release),
    memoryBytes === undefined ? "-" : formatBytes(memoryBytes),
    cpu === undefined ? "-" : formatCpu(cpu),
  ]);
  const head = ["process", "state", "release", "memory", "cores"];
  return { json: { processes }, blocks: [table(head, rows)] };
}

/** What was used; the points themselves with --json. */
export async function metrics(input: Input, context: Context): Promise<Answer> {
  const app = await chooseApp(input, context);
  const minutes = parseWhole(input.text("minutes") ?? "60", "--minutes", 1);
  const request = { path: at`/apps/${app}/metrics`, query: { minutes }, signal: context.signal };
  const found = await context.client.json(request, "AppMetrics");
  if (found.total.length === 0) {
    const text = `Nothing was measured of ${app} yet: it takes some seconds, and needs a running Process.`;
    return { json: found, blocks: [line(text)] };
  }
  return { json: found, blocks: metricBlocks(found) };
}

function metricBlocks({ total, processes }: AppMetrics): Block[] {
  const rows = processes
    .filter(({ points }) => points.length > 0)
    .map(({ worker, instance, points }) => metricRow(`${worker}.${instance}`, points));
  const head = ["process", "since (UTC)", "memory now", "most", "cores now", "mean", "most"];
  return [table(head, [...rows, metricRow("together", total)])];
}

function metricRow(name: string, points: readonly MetricPoint[]): Span[] {
  const last = points.at(-1);
  const memory = points.map(({ memoryBytes }) => memoryBytes);
  const cpu = points.map((point) => point.cpu);
  const mean = cpu.reduce((sum, each) => sum + each, 0) / Math.max(1, cpu.length);
  return [
    { text: name, tone: "bold" },
    points[0] === undefined ? "-" : formatMinute(points[0].at),
    formatBytes(last?.memoryBytes ?? 0),
    formatBytes(Math.max(...memory)),
    formatCpu(last?.cpu ?? 0),
    formatCpu(mean),
    formatCpu(Math.max(...cpu)),
  ];
}
