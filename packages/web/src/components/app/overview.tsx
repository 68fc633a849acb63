import type { AppDetail } from "@hop3/core/api";
import { Link } from "wouter";
import { at } from "../../api.ts";
import { DeploymentBadge, StateBadge } from "../badge.tsx";
import { bytes, plural, shortRevision } from "../format.ts";
import { Empty } from "../states.tsx";
import { Tier } from "../tier.tsx";
import { Time } from "../time.tsx";
import { newVersionOf } from "../upload/ways.ts";

export function AppOverview({ app }: { readonly app: AppDetail }) {
  const { name, currentRelease: release, lastDeployment: last, processes } = app;
  if (release === undefined && last === undefined) {
    return (
      <Empty title="Nothing is deployed yet">
        <p>
          <Link href={newVersionOf(name)}>Upload its files</Link>, or run{" "}
          <code>hop3 deploy --app {name}</code> in its directory.
        </p>
      </Empty>
    );
  }
  return (
    <div className="cards">
      <section className="card">
        <h2>What runs</h2>
        <a href={app.url}>{app.url}</a>
        <dl className="facts">
          <dt>Release</dt>
          <dd>
            {release === undefined ? (
              "none"
            ) : (
              <Link href={at`/apps/${name}/releases/${release.number}`}>{release.number}</Link>
            )}
          </dd>
          {app.tier === undefined ? null : (
            <>
              <dt>Tier</dt>
              <dd>
                <Tier tier={app.tier} />
              </dd>
            </>
          )}
          {release?.sourceRevision === undefined ? null : (
            <>
              <dt>Revision</dt>
              <dd className="mono">{shortRevision(release.sourceRevision)}</dd>
            </>
          )}
          {release?.closure === undefined ? null : (
            <>
              <dt>Weighs</dt>
              <dd>
                <Link href={at`/apps/${name}/releases/${release.number}/closure`}>
                  {bytes(release.closure.bytes)}
                </Link>{" "}
                in {plural(release.closure.paths, "store path")}
              </dd>
            </>
          )}
        </dl>
      </section>
      <section className="card">
        <h2>Last deployment</h2>
        {last === undefined ? (
          <p className="muted">None is kept.</p>
        ) : (
          <>
            <div className="row">
              <Link href={at`/apps/${name}/deployments/${last.id}`}>Deployment {last.id}</Link>
              <DeploymentBadge state={last.state} />
            </div>
            <p className="muted small">
              {last.kind} · <Time at={last.createdAt} />
            </p>
            {last.failure === undefined ? null : <p>{last.failure.message}</p>}
          </>
        )}
      </section>
      <section className="card">
        <h2>Processes</h2>
        {processes.length === 0 ? <p className="muted">None runs.</p> : null}
        <ul className="plain-list">
          {processes.map(({ id, worker, instance, state }) => (
            <li key={id} className="row">
              <span>
                {worker}.{instance}
              </span>
              <StateBadge state={state} />
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}
