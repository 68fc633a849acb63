import type { AppDetail, ReleaseSummary } from "@hop3/core/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { at, get } from "../../api.ts";
import { StateBadge } from "../badge.tsx";
import { bytes, shortRevision } from "../format.ts";
import { CompareForm } from "../release/compare-form.tsx";
import { RollbackButton } from "../release/rollback-button.tsx";
import { VerifiedBadge } from "../release/verified-badge.tsx";
import { Answer, Empty } from "../states.tsx";
import { Tier } from "../tier.tsx";
import { Time } from "../time.tsx";

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
            {releases.length < 2 ? null : <Compare app={name} releases={releases} />}
            {releases.map((release) => (
              <ReleaseCard key={release.number} app={app} release={release} />
            ))}
          </div>
        )
      }
    </Answer>
  );
}

interface CompareProps {
  readonly app: string;
  readonly releases: readonly ReleaseSummary[];
}

/** Begins with the newest two that were built: one that failed has little to compare. */
function Compare({ app, releases }: CompareProps) {
  const [newest, before] = releases.filter(({ state }) => state !== "failed");
  return (
    <CompareForm
      app={app}
      numbers={releases.map(({ number }) => number)}
      from={before?.number}
      to={newest?.number}
    />
  );
}

function ReleaseCard({
  app: { name, release: current },
  release,
}: {
  readonly app: AppDetail;
  readonly release: ReleaseSummary;
}) {
  const { number, state, createdAt, createdBy, tier, closure, sourceRevision, verified } = release;
  return (
    <article className="card">
      <div className="row">
        <h2>
          <Link href={at`/apps/${name}/releases/${number}`}>Release {number}</Link>
        </h2>
        <StateBadge state={state} />
        {tier === undefined ? null : <Tier tier={tier} />}
        {verified === undefined ? null : <VerifiedBadge state={verified.state} />}
        <span className="last">
          <RollbackButton app={name} current={current} release={release} />
        </span>
      </div>
      <p className="muted small">
        by {createdBy} · <Time at={createdAt} />
        {closure === undefined ? null : (
          <>
            {" · "}
            <Link href={at`/apps/${name}/releases/${number}/closure`}>{bytes(closure.bytes)}</Link>
          </>
        )}
        {sourceRevision === undefined ? null : (
          <>
            {" · "}
            <span className="mono">{shortRevision(sourceRevision)}</span>
          </>
        )}
      </p>
      {release.failure === undefined ? null : <p>{release.failure.message}</p>}
    </article>
  );
}
