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
  live: "good",
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

/** Of a Deployment: one that runs is under way, while an app that runs is well. */
export function DeploymentBadge({ state }: { readonly state: string }) {
  return state === "running" ? <Badge tone="accent">{state}</Badge> : <StateBadge state={state} />;
}
