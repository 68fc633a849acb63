import type { AppDetail, ReleaseDetail } from "@hop3/core/api";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "wouter";
import { at, get } from "../api.ts";
import { StateBadge } from "../components/badge.tsx";
import { bytes, plural, shortRevision } from "../components/format.ts";
import { Page } from "../components/page.tsx";
import { BuildLog } from "../components/release/build-log.tsx";
import { DownloadButton } from "../components/release/download-button.tsx";
import { RollbackButton } from "../components/release/rollback-button.tsx";
import { Verify } from "../components/release/verify.tsx";
import { Answer } from "../components/states.tsx";
import { Tier } from "../components/tier.tsx";
import { Time } from "../components/time.tsx";

/** One Release: what it is made of, and what can be done with it. */
export function ReleasePage() {
  const { app: name = "", release: number = "" } = useParams();
  const release = useQuery({
    queryKey: ["app", name, "releases", Number(number)],
    queryFn: () => get<ReleaseDetail>(at`/apps/${name}/releases/${number}`),
  });
  const app = useQuery({
    queryKey: ["app", name],
    queryFn: () => get<AppDetail>(at`/apps/${name}`),
  });
  return (
    <Page
      title={`Release ${number}`}
      beside={release.data && <StateBadge state={release.data.state} />}
      actions={
        release.data &&
        app.data && (
          <>
            <DownloadButton app={name} release={release.data} />
            <RollbackButton app={name} current={app.data.release} release={release.data} />
          </>
        )
      }
    >
      <p className="muted">
        <Link href={at`/apps/${name}/releases`}>{name}</Link>
        {release.data && (
          <>
            {" · "}by {release.data.createdBy} · <Time at={release.data.createdAt} />
          </>
        )}
      </p>
      <Answer of={release}>
        {(data) => (
          <>
            {data.failure === undefined ? null : (
              <div className="note bad">
                <strong>{data.failure.message}</strong>
                {data.failure.hint === undefined ? null : <p>{data.failure.hint}</p>}
              </div>
            )}
            <div className="cards wide">
              <Origin app={name} release={data} />
              <Runtime release={data} />
            </div>
            <Verify app={name} release={data} />
            <BuildLog app={name} release={data.number} />
          </>
        )}
      </Answer>
    </Page>
  );
}

function Origin({ app, release }: { readonly app: string; readonly release: ReleaseDetail }) {
  const { number, artifact, closure, tier, sourceRevision, buildId } = release;
  const provenance = artifact?.provenance;
  const facts = [tier, sourceRevision, artifact, buildId, closure];
  if (facts.every((fact) => fact === undefined)) return null;
  return (
    <section className="card">
      <h2>What it is made of</h2>
      <dl className="facts">
        {tier === undefined ? null : (
          <>
            <dt>Tier</dt>
            <dd>
              <Tier tier={tier} />
            </dd>
          </>
        )}
        <Fact label="Revision" value={sourceRevision && shortRevision(sourceRevision)} isCode />
        <Fact label="Builder" value={artifact?.builder} />
        <Fact label="Template" value={provenance?.template} />
        <Fact label="Package set" value={provenance?.package_set} />
        <Fact label="Pinned at" value={provenance?.package_set_pin} isCode />
        <Fact label="Build" value={buildId} isCode />
        <Fact label="Lies at" value={artifact?.location} isCode />
        {closure === undefined ? null : (
          <>
            <dt>Weighs</dt>
            <dd>
              <Link href={at`/apps/${app}/releases/${number}/closure`}>
                {bytes(closure.bytes)} in {plural(closure.paths, "store path")}
              </Link>
            </dd>
          </>
        )}
      </dl>
    </section>
  );
}

interface FactProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly isCode?: boolean;
}

function Fact({ label, value, isCode = false }: FactProps) {
  if (value === undefined) return null;
  return (
    <>
      <dt>{label}</dt>
      <dd className={isCode ? "mono" : undefined}>{value}</dd>
    </>
  );
}

function Runtime({ release: { artifact, configKeys } }: { readonly release: ReleaseDetail }) {
  const workers = Object.entries(artifact?.runtime.workers ?? {});
  return (
    <section className="card">
      <h2>How it runs</h2>
      <dl className="facts">
        {workers.map(([name, { command, instances = 1 }]) => (
          <Fact
            key={name}
            label={instances === 1 ? name : `${name} × ${instances}`}
            value={typeof command === "string" ? command : command.join(" ")}
            isCode
          />
        ))}
        <dt>Variables</dt>
        <dd className="mono">{configKeys.length === 0 ? "none stored" : configKeys.join(", ")}</dd>
      </dl>
    </section>
  );
}
