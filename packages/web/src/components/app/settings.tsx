import type { AppDetail, GitInfo, ReleaseDetail, RolloutSettings } from "@hop3/core/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { at, get, send } from "../../api.ts";
import { useMay } from "../../session.tsx";
import { CopyText } from "../copy.tsx";
import { Field } from "../field.tsx";
import { duration, plural } from "../format.ts";
import { Answer, ErrorNote } from "../states.tsx";
import { useTell } from "../toast.tsx";

/** Where the app's source comes from, and how a new Release of it comes to its users. */
export function AppSettings({ app }: { readonly app: AppDetail }) {
  return (
    <div className="cards wide">
      <GitCard app={app.name} />
      <RolloutCard app={app} />
    </div>
  );
}

function GitCard({ app }: { readonly app: string }) {
  const git = useQuery({
    queryKey: ["app", app, "git"],
    queryFn: () => get<GitInfo>(at`/apps/${app}/git`),
  });
  return (
    <section className="card">
      <h2>Git</h2>
      <Answer of={git}>
        {(data) => (
          <>
            <CopyText label="Address to push to" text={data.url} />
            <dl className="facts">
              <dt>Deployed commit</dt>
              <dd className="mono">{data.commit?.slice(0, 12) ?? "none was pushed"}</dd>
            </dl>
            <BranchForm key={data.branch} git={data} />
          </>
        )}
      </Answer>
    </section>
  );
}

function BranchForm({ git: { app, branch } }: { readonly git: GitInfo }) {
  const [wanted, setWanted] = useState(branch);
  const [error, setError] = useState<unknown>();
  const queries = useQueryClient();
  const tell = useTell();
  const may = useMay("app.configure", app);
  const change = async (event: FormEvent) => {
    event.preventDefault();
    setError(undefined);
    try {
      const git = await send<GitInfo>("PATCH", at`/apps/${app}/git`, { branch: wanted.trim() });
      queries.setQueryData(["app", app, "git"], git);
      tell.done(`Pushes to ${git.branch} are deployed from now on`);
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <form className="stack" onSubmit={(event) => void change(event)}>
      {error === undefined ? null : <ErrorNote error={error} />}
      <Field label="Deploy branch" hint="A push to it is deployed; others are only stored.">
        <input
          value={wanted}
          readOnly={!may}
          autoComplete="off"
          spellCheck={false}
          onChange={({ target }) => setWanted(target.value)}
        />
      </Field>
      {may ? (
        <div>
          <button
            type="submit"
            className="button"
            disabled={wanted.trim() === branch || wanted.trim() === ""}
          >
            Change
          </button>
        </div>
      ) : null}
    </form>
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
