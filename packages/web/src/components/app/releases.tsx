import type { AppDetail, DeploymentSummary, ReleaseSummary } from "@hop3/core/api";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { at, get, send } from "../../api.ts";
import { useMay } from "../../session.tsx";
import { StateBadge } from "../badge.tsx";
import { Confirm } from "../confirm.tsx";
import { bytes } from "../format.ts";
import { Answer, Empty } from "../states.tsx";
import { Time } from "../time.tsx";
import { useTell } from "../toast.tsx";

export function AppReleases({ app }: { readonly app: AppDetail }) {
  const { name } = app;
  const list = useQuery({
    queryKey: ["app", name, "releases"],
    queryFn: () => get<{ releases: ReleaseSummary[] }>(at`/apps/${name}/releases`),
  });
  return (
    <Answer of={list}>
      {({ releases }) =>
        releases.length === 0 ? (
          <Empty title="No releases yet">
            <p>A deployment that builds makes one. Each can be gone back to.</p>
          </Empty>
        ) : (
          <div className="stack">
            {releases.map((release) => (
              <ReleaseCard key={release.number} app={app} release={release} />
            ))}
          </div>
        )
      }
    </Answer>
  );
}

function ReleaseCard({
  app,
  release,
}: {
  readonly app: AppDetail;
  readonly release: ReleaseSummary;
}) {
  const { number, state, createdAt, createdBy, tier, closure, sourceRevision } = release;
  return (
    <article className="card">
      <div className="row">
        <h2>Release {number}</h2>
        <StateBadge state={state} />
        <RollbackButton app={app} release={release} />
      </div>
      <p className="muted small">
        by {createdBy} · <Time at={createdAt} /> · {tier ?? "no tier"}
        {closure === undefined ? null : ` · ${bytes(closure.bytes)}`}
        {sourceRevision === undefined ? null : (
          <span className="mono"> · {sourceRevision.slice(0, 12)}</span>
        )}
      </p>
      {release.failure === undefined ? null : <p>{release.failure.message}</p>}
    </article>
  );
}

function RollbackButton({
  app: { name, release: current },
  release: { number, restorable, notRestorableBecause, configKeys },
}: {
  readonly app: AppDetail;
  readonly release: ReleaseSummary;
}) {
  const [isAsking, setAsking] = useState(false);
  const [, go] = useLocation();
  const tell = useTell();
  const may = useMay("app.deploy", name);
  if (!may || number === current) return null;
  if (!restorable) return <span className="muted small">{notRestorableBecause}</span>;
  const rollBack = async () => {
    try {
      const { id } = await send<DeploymentSummary>("POST", at`/apps/${name}/rollback`, {
        release: number,
      });
      go(at`/apps/${name}/deployments/${id}`);
    } catch (error) {
      tell.failed(error);
    }
  };
  return (
    <>
      <button type="button" className="button" onClick={() => setAsking(true)}>
        Go back to this
      </button>
      {isAsking ? (
        <Confirm
          title={`Go back to release ${number}?`}
          action="Go back"
          onConfirm={() => void rollBack()}
          onClose={() => setAsking(false)}
        >
          <p>
            Its own files start, without a build or the network
            {configKeys.length === 0
              ? "."
              : `, with the config it ran with (${configKeys.join(", ")}).`}{" "}
            Users are switched when it answers. Data is not changed.
          </p>
        </Confirm>
      ) : null}
    </>
  );
}
