import type { AppDetail, ReleaseDetail, RolloutSettings } from "@hop3/core/api";
import { useQuery } from "@tanstack/react-query";
import { at, get } from "../../api.ts";
import { duration, plural } from "../format.ts";
import { Receivers } from "../notify/receivers.tsx";
import { Answer } from "../states.tsx";
import { AppDanger } from "./danger.tsx";

/** How a new Release comes to its users, who is told of it, and how the app ends. */
export function AppSettings({ app }: { readonly app: AppDetail }) {
  return (
    <div className="stack">
      <RolloutCard app={app} />
      <Receivers app={app.name} />
      <AppDanger app={app} />
    </div>
  );
}

function RolloutCard({ app: { name, release: number } }: { readonly app: AppDetail }) {
  const release = useQuery({
    queryKey: ["app", name, "releases", number],
    queryFn: () => get<ReleaseDetail>(at`/apps/${name}/releases/${number ?? 0}`),
    enabled: number !== undefined,
  });
  return (
    <section className="card">
      <h2>Rollout</h2>
      <p className="muted">
        As hop3.toml says; a change of the file counts with the next deployment.
      </p>
      {number === undefined ? (
        <p>Nothing is deployed yet.</p>
      ) : (
        <Answer of={release}>
          {({ settings }) =>
            settings === undefined ? (
              <p>This release says nothing of it.</p>
            ) : (
              <Rollout settings={settings} />
            )
          }
        </Answer>
      )}
    </section>
  );
}

const strategies: Readonly<Record<NonNullable<RolloutSettings["strategy"]>, string>> = {
  "blue-green": "the old release serves until the new one answers",
  "stop-first": "the old release ends before the new one starts",
  canary: "a share of the requests goes to the new release first",
};

function Rollout({ settings }: { readonly settings: RolloutSettings }) {
  const { strategy = "blue-green", canary, healthcheck, keep } = settings;
  const { startTimeoutSeconds, beforeRunTimeoutSeconds, drainTimeoutSeconds } = settings;
  const { protocol = "http", path = "/" } = healthcheck;
  return (
    <dl className="facts">
      <dt>Strategy</dt>
      <dd>
        <code>{strategy}</code>: {strategies[strategy]}
      </dd>
      {canary === undefined ? null : (
        <>
          <dt>Canary</dt>
          <dd>
            {canary.share} % of the requests for {duration(canary.seconds * 1000)}
          </dd>
        </>
      )}
      <dt>Healthcheck</dt>
      <dd className="mono">{protocol === "tcp" ? "tcp: a connection" : `GET ${path}`}</dd>
      <dt>Has to answer in</dt>
      <dd>{duration(startTimeoutSeconds * 1000)}</dd>
      {beforeRunTimeoutSeconds === undefined ? null : (
        <>
          <dt>A release step takes</dt>
          <dd>at most {duration(beforeRunTimeoutSeconds * 1000)}</dd>
        </>
      )}
      <dt>Open requests have</dt>
      <dd>{duration(drainTimeoutSeconds * 1000)} after the switch</dd>
      <dt>Keeps</dt>
      <dd>{plural(keep, "release")} to go back to</dd>
    </dl>
  );
}
