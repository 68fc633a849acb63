import type { Phase, TimelineEvent } from "@hop3/core";
import { type Block, line, type Span } from "../blocks.ts";
import type { Output } from "../output.ts";
import { displayWidth, fitLine, formatDuration, plural, safeLine } from "../text.ts";

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"] as const;
const frameMs = 100;
/** How often a log file learns that a long phase is still under way. */
const heartbeatMs = 15_000;
const keptLines = 40;
const nameWidth = 9;

/** Shows a timeline as it happens: one line for each phase, the log of a build folded into a counter. */
export interface TimelineView {
  show(event: TimelineEvent): void;
  /** Last lines of the log of the phase that failed. */
  logTail(): readonly string[];
  close(): void;
}

interface Current {
  readonly phase: Phase;
  readonly startedAt: number;
  lines: number;
  last: string;
}

interface State {
  current: Current | undefined;
  tail: string[];
  frame: number;
}

export function makeTimelineView(output: Output, now: () => number): TimelineView {
  const state: State = { current: undefined, tail: [], frame: 0 };
  const draw = (): void => {
    if (!output.live) return;
    const { current, frame } = state;
    output.redraw(current === undefined ? [] : liveLine(current, { frame, now, output }));
  };
  const print = (blocks: readonly Block[]): void => {
    if (blocks.length === 0) return;
    // The redrawn line has no end of its own, so what is printed takes its place.
    if (output.live) output.redraw([]);
    output.print(...blocks);
  };
  const beat = (): void => {
    state.frame += 1;
    if (output.live) draw();
    else if (state.current !== undefined) output.print(line(stillLine(state.current, now)));
  };
  const timer = setInterval(beat, output.live ? frameMs : heartbeatMs);
  timer.unref();

  return {
    show: (event) => {
      const blocks = advance(state, event, now);
      print(event.type === "log" && !output.verbose ? [] : blocks);
      draw();
    },
    logTail: () => state.tail,
    close: () => {
      clearInterval(timer);
      state.current = undefined;
      draw();
    },
  };
}

/** Takes one event in and returns what it leaves on the screen for good. */
function advance(state: State, event: TimelineEvent, now: () => number): Block[] {
  switch (event.type) {
    case "queued":
      if (event.behind === 0) return [];
      return [line(`  waits for ${plural(event.behind, "deployment")}`)];
    case "phase-start":
      state.current = { phase: event.phase, startedAt: now(), lines: 0, last: "" };
      return [];
    case "phase-end":
      // Of a phase that went well nobody needs the log, once the next one fails.
      if (event.ok) state.tail = [];
      state.current = undefined;
      return [phaseLine(event)];
    case "log":
      return addLog(state, event.text);
    case "note":
      return [noteLine(event)];
    case "live":
    case "end":
      return [];
  }
}

function addLog(state: State, text: string): Block[] {
  const lines = text.replace(/\r?\n$/, "").split(/\r?\n/);
  state.tail = [...state.tail, ...lines].slice(-keptLines);
  if (state.current !== undefined) {
    state.current.lines += lines.length;
    state.current.last = lines.at(-1) ?? "";
  }
  return lines.map((each) => line({ text: `    ${each}`, tone: "dim" }));
}

/** The finished phase: mark, name, duration. */
function phaseLine(event: { phase: Phase; ms: number; ok: boolean }): Block {
  const mark: Span = event.ok ? { text: "✓", tone: "good" } : { text: "✗", tone: "bad" };
  const took: Span = { text: formatDuration(event.ms), tone: "dim" };
  return line(mark, ` ${event.phase.padEnd(nameWidth)}  `, took);
}

function noteLine(event: { level: "info" | "warning"; text: string }): Block {
  if (event.level === "info") return line({ text: `  ${event.text}`, tone: "dim" });
  return line({ text: "warning", tone: "warn" }, `  ${event.text}`);
}

function stillLine(current: Current, now: () => number): string {
  const took = formatDuration(now() - current.startedAt);
  const log = current.lines === 0 ? "" : `, ${plural(current.lines, "line")} of log`;
  return `  ${current.phase.padEnd(nameWidth)}  still going after ${took}${log}`;
}

function liveLine(
  current: Current,
  view: { frame: number; now: () => number; output: Output },
): Span[] {
  const took = formatDuration(view.now() - current.startedAt);
  const head = ` ${current.phase.padEnd(nameWidth)}  ${took.padEnd(8)}`;
  const log =
    current.lines === 0 ? "" : `  ${plural(current.lines, "line")}  ${safeLine(current.last)}`;
  // One column stays free: some terminals wrap as soon as the last one is taken.
  const room = Math.max(0, view.output.columns - 2 - displayWidth(head));
  const spinner: Span = { text: frames[view.frame % frames.length] ?? "", tone: "bold" };
  return [spinner, head, { text: fitLine(log, room), tone: "dim" }];
}
