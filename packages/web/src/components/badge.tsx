import type { ReactNode } from "react";

export type Tone = "good" | "warn" | "bad" | "accent" | "quiet";

export function Badge({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) {
  return <span className={`badge ${tone}`}>{children}</span>;
}

const tones: Readonly<Record<string, Tone>> = {
  running: "good",
  up: "good",
  ok: "good",
  succeeded: "good",
  done: "good",
  delivered: "good",
  degraded: "warn",
  warning: "warn",
  "backing-off": "warn",
  queued: "accent",
  accepted: "accent",
  waiting: "accent",
  building: "accent",
  starting: "accent",
  ready: "accent",
  down: "bad",
  problem: "bad",
  failed: "bad",
  missing: "bad",
};

/** A state in words and colour; colour alone never says it. */
export function StateBadge({ state }: { readonly state: string }) {
  return <Badge tone={tones[state] ?? "quiet"}>{state}</Badge>;
}
