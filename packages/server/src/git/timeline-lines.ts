import {
  type FailureData,
  formatDuration,
  formatPlace,
  safeLine,
  type TimelineEvent,
} from "@hop3/core";

const nameWidth = 9;

/** What the pusher reads of one event. Terminals obey none of it, whatever a build has printed. */
export function timelineLines(event: TimelineEvent): readonly string[] {
  return describe(event).map(safeLine);
}

function describe(event: TimelineEvent): readonly string[] {
  switch (event.type) {
    case "queued":
      return event.behind === 0 ? [] : [`waits for ${event.behind} before it`];
    case "phase-start":
      return [];
    case "phase-end": {
      const mark = event.ok ? "✓" : "✗";
      return [`${mark} ${event.phase.padEnd(nameWidth)}  ${formatDuration(event.ms)}`];
    }
    case "log":
      return splitLines(event.text).map((line) => `    ${line}`);
    case "note":
      return [event.level === "info" ? `  ${event.text}` : `warning  ${event.text}`];
    case "live":
      return event.unchanged ? [`release ${event.release} goes on running`] : [];
    case "end":
      return [];
  }
}

/** A failure as the command line shows it. */
export function failureLines(failure: FailureData): readonly string[] {
  const { code, message, place, detail, hint } = failure;
  const lines = [
    `error  ${code}: ${message}`,
    ...(place === undefined ? [] : [`at     ${formatPlace(place)}`]),
    ...(detail === undefined ? [] : splitLines(detail).map((line) => `    ${line}`)),
    ...(hint === undefined ? [] : [`hint   ${hint}`]),
  ];
  return lines.map(safeLine);
}

function splitLines(text: string): readonly string[] {
  return text.replace(/\r?\n$/, "").split(/\r?\n/);
}
