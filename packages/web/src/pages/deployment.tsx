import type { AppDetail, DeploymentSummary, FailureData, TimelineEvent } from "@hop3/core/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { Link, useParams } from "wouter";
import { at, get, send } from "../api.ts";
import { LogBox } from "../components/app/log-box.tsx";
import { useStream } from "../components/app/stream.ts";
import { type PhaseState, readTimeline, type Timeline } from "../components/app/timeline.ts";
import { DeploymentBadge } from "../components/badge.tsx";
import { Evidence } from "../components/evidence.tsx";
import { duration } from "../components/format.ts";
import { Page } from "../components/page.tsx";
import { Answer, placeOf } from "../components/states.tsx";
import { Time } from "../components/time.tsx";
import { useTell } from "../components/toast.tsx";
import { useMay } from "../session.tsx";

const eventTypes = ["queued", "phase-start", "phase-end", "log", "note", "live", "end"];

/** One attempt to make a Release current, as it happens or as it was. */
export function DeploymentPage() {
  const { app = "", id = "" } = useParams();
  const deployment = useQuery({
    queryKey: ["deployment", Number(id)],
    queryFn: () => get<DeploymentSummary>(at`/deployments/${id}`),
  });
  const timeline = readTimeline(
    useStream<TimelineEvent>(at`/deployments/${id}/events`, eventTypes),
  );
  const queries = useQueryClient();
  useEffect(() => {
    if (timeline.isOver) void queries.invalidateQueries({ queryKey: ["deployment", Number(id)] });
  }, [timeline.isOver, id, queries]);
  return (
    <Page
      title={`Deployment ${id}`}
      beside={deployment.data && <DeploymentBadge state={deployment.data.state} />}
      actions={
        deployment.data && <Actions deployment={deployment.data} isInTrial={isInTrial(timeline)} />
      }
    >
      <p className="muted">
        <Link href={at`/apps/${app}/deployments`}>{app}</Link>
        {deployment.data && (
          <>
            {" · "}
            {deployment.data.kind} · <Time at={deployment.data.createdAt} />
          </>
        )}
      </p>
      <Answer of={deployment}>
        {(data) => <Outcome deployment={data} failure={timeline.failure ?? data.failure} />}
      </Answer>
      <Phases timeline={timeline} />
      {timeline.notes.length === 0 ? null : <Notes notes={timeline.notes} />}
      {timeline.isOver && timeline.lines.length === 0 ? null : (
        <section className="stack">
          <h2>Output</h2>
          <LogBox
            label="Output of the build"
            lines={timeline.lines}
            empty="Nothing has been printed yet."
          />
        </section>
      )}
    </Page>
  );
}

/** True while a share of the requests goes to the new Release. */
function isInTrial({ phases }: Timeline): boolean {
  return phases.some(({ name, ms }) => name === "canary" && ms === undefined);
}

interface ActionsProps {
  readonly deployment: DeploymentSummary;
  readonly isInTrial: boolean;
}

function Actions({ deployment: { id, app, state, url }, isInTrial: hasTrial }: ActionsProps) {
  const tell = useTell();
  const mayDeploy = useMay("app.deploy", app);
  if (state === "live" || state === "succeeded") {
    return (
      <a href={url} className="button primary">
        Open the app
      </a>
    );
  }
  if (!mayDeploy || (state !== "queued" && state !== "running")) return null;
  const act = (work: Promise<unknown>, text: string) =>
    void work.then(() => tell.done(text)).catch(tell.failed);
  const decide = (decision: "promote" | "abort", text: string) =>
    act(send("POST", at`/apps/${app}/canary`, { decision }), text);
  if (!hasTrial) {
    return (
      <button
        type="button"
        className="button danger"
        onClick={() => act(send("POST", at`/deployments/${id}/cancel`), "It is being cancelled")}
      >
        Cancel
      </button>
    );
  }
  return (
    <>
      <button
        type="button"
        className="button primary"
        onClick={() => decide("promote", "All requests go to the new release")}
      >
        All requests now
      </button>
      <button
        type="button"
        className="button danger"
        onClick={() => decide("abort", "All requests go back")}
      >
        Back to the old release
      </button>
    </>
  );
}

function describeOutcome({ kind, unchanged, release }: DeploymentSummary): string {
  if (release === undefined) return "It is for the next deployment: nothing runs yet.";
  if (unchanged) return "Nothing had changed: what runs goes on.";
  return kind === "scale"
    ? `Release ${release} runs with these numbers of instances.`
    : `Release ${release} serves users.`;
}

function Outcome({
  deployment,
  failure,
}: {
  readonly deployment: DeploymentSummary;
  readonly failure: FailureData | undefined;
}) {
  const { app, state } = deployment;
  if (failure !== undefined) return <Failure failure={failure} app={app} />;
  if (state !== "live" && state !== "succeeded") return null;
  return (
    <div className="note good">
      <strong>{describeOutcome(deployment)}</strong>
    </div>
  );
}

/** Why it failed, where, and what to do; what users see has not changed. */
function Failure({ failure, app }: { readonly failure: FailureData; readonly app: string }) {
  const { message, hint, place, detail, code } = failure;
  const { data } = useQuery({
    queryKey: ["app", app],
    queryFn: () => get<AppDetail>(at`/apps/${app}`),
  });
  return (
    <div className="note bad" role="alert">
      <strong>{message}</strong>
      {place === undefined ? null : <span className="mono">{placeOf(place)}</span>}
      {hint === undefined ? null : <p>{hint}</p>}
      {detail === undefined ? null : <Evidence text={detail} />}
      <p className="muted small">
        <span className="mono">{code}</span>
        {data?.release === undefined ? null : (
          <>
            {" · "}What ran before goes on: <Link href={at`/apps/${app}`}>{app}</Link>
          </>
        )}
      </p>
    </div>
  );
}

function Phases({ timeline: { phases, waitsBehind } }: { readonly timeline: Timeline }) {
  if (waitsBehind !== undefined) {
    const others = waitsBehind === 1 ? "one other deployment" : `${waitsBehind} other deployments`;
    return (
      <p className="muted">
        {waitsBehind === 0 ? "It is about to begin." : `It waits for ${others}.`}
      </p>
    );
  }
  return (
    <ol className="phases" aria-label="Phases">
      {phases.map((phase) => (
        <li key={phase.name} className={stateOf(phase)}>
          <span>{phase.name}</span>
          <span className="muted small number">
            {phase.ms === undefined ? "…" : duration(phase.ms)}
          </span>
        </li>
      ))}
    </ol>
  );
}

function stateOf({ ms, ok }: PhaseState): string {
  if (ms === undefined) return "working";
  return ok === true ? "done" : "failed";
}

function Notes({ notes }: { readonly notes: Timeline["notes"] }) {
  const warnings = notes.filter(({ level }) => level === "warning");
  const others = notes.filter(({ level }) => level === "info");
  return (
    <section className="stack">
      {warnings.map(({ text }) => (
        <div key={text} className="note warn">
          {text}
        </div>
      ))}
      {others.length === 0 ? null : (
        <ul className="plain-list muted small">
          {others.map(({ text }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines are only ever added at the end
            <li key={index}>{text}</li>
          ))}
        </ul>
      )}
    </section>
  );
}
