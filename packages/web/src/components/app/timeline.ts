import type { FailureData, Phase, TimelineEvent } from "@hop3/core/api";

export interface PhaseState {
  readonly name: Phase;
  /** Undefined while it runs. */
  readonly ms: number | undefined;
  readonly ok: boolean | undefined;
}

/** What the events of a Deployment add up to. */
export interface Timeline {
  readonly phases: readonly PhaseState[];
  readonly lines: readonly string[];
  readonly notes: readonly { readonly level: "info" | "warning"; readonly text: string }[];
  readonly waitsBehind: number | undefined;
  readonly failure: FailureData | undefined;
  readonly isOver: boolean;
}

export function readTimeline(events: readonly TimelineEvent[]): Timeline {
  const phases = new Map<Phase, PhaseState>();
  const lines: string[] = [];
  const notes: { level: "info" | "warning"; text: string }[] = [];
  let waitsBehind: number | undefined;
  let end: Extract<TimelineEvent, { type: "end" }> | undefined;
  for (const event of events) {
    switch (event.type) {
      case "queued":
        waitsBehind = event.behind;
        break;
      case "phase-start":
        phases.set(event.phase, { name: event.phase, ms: undefined, ok: undefined });
        break;
      case "phase-end":
        phases.set(event.phase, { name: event.phase, ms: event.ms, ok: event.ok });
        break;
      case "log":
        lines.push(event.text);
        break;
      case "note":
        notes.push({ level: event.level, text: event.text });
        break;
      case "live":
        break;
      case "end":
        end = event;
        break;
    }
  }
  return {
    phases: [...phases.values()],
    lines,
    notes,
    waitsBehind: phases.size === 0 ? waitsBehind : undefined,
    failure: end?.failure,
    isOver: end !== undefined,
  };
}
