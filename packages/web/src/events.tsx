import type { ServerEvent } from "@hop3/core/api";
import { appOfPreview } from "@hop3/core/base";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { address } from "./api.ts";

/** Keeps the stream open, and has everything read again that an event says is out of date. */
export function LiveEvents() {
  const queries = useQueryClient();
  useEffect(() => {
    const source = new EventSource(address("/events"));
    source.addEventListener("message", ({ data }: MessageEvent<string>) => {
      const event = JSON.parse(data) as ServerEvent;
      for (const queryKey of staleAfter(event)) void queries.invalidateQueries({ queryKey });
    });
    // After a gap nobody knows what was missed.
    source.addEventListener("reset", () => void queries.invalidateQueries());
    return () => source.close();
  }, [queries]);
  return null;
}

/** Keys begin with what they are about: ["apps"], ["app", name, …], ["deployment", id], ["server", …], ["audit", …]. */
export function staleAfter(event: ServerEvent): readonly (readonly unknown[])[] {
  const { app, deployment, topic } = event;
  return [
    ...(app === undefined ? [] : [["app", app], ["apps"]]),
    ...previewsOf(event),
    ...(deployment === undefined ? [] : [["deployment", deployment]]),
    ...(topic === "server" ? [["server"]] : []),
    // Whatever happens was somebody's doing.
    ["audit"],
  ];
}

const comingAndGoing: ReadonlySet<string> = new Set([
  "app.created",
  "app.destroyed",
  "deployment.ended",
]);

/** The list of the app that a preview belongs to: it tells what each weighs, which is not asked at every step. */
function previewsOf({ app, kind }: ServerEvent): readonly (readonly unknown[])[] {
  const parent = app === undefined ? undefined : appOfPreview(app);
  return parent === undefined || !comingAndGoing.has(kind) ? [] : [["app", parent, "previews"]];
}
