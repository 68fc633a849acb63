import type { ReleaseComparison, ReleaseSummary } from "@hop3/core/api";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link, useParams } from "wouter";
import { at, get } from "../api.ts";
import { bytes, plural } from "../components/format.ts";
import { Page } from "../components/page.tsx";
import { CompareForm } from "../components/release/compare-form.tsx";
import { Answer } from "../components/states.tsx";
import { TableCard } from "../components/table-card.tsx";

/** What lies between two Releases of an app. */
export function ComparePage() {
  const { app = "", release = "", other = "" } = useParams();
  const list = useQuery({
    queryKey: ["app", app, "releases"],
    queryFn: () => get<{ releases: ReleaseSummary[] }>(at`/apps/${app}/releases`),
  });
  const comparison = useQuery({
    queryKey: ["app", app, "compare", release, other],
    queryFn: () => get<ReleaseComparison>(at`/apps/${app}/releases/${release}/compare/${other}`),
  });
  return (
    <Page title={`Release ${release} to ${other}`}>
      <p className="muted">
        <Link href={at`/apps/${app}/releases`}>{app}</Link>
      </p>
      {list.data === undefined ? null : (
        <CompareForm
          key={`${release} ${other}`}
          app={app}
          numbers={list.data.releases.map(({ number }) => number)}
          from={Number(release)}
          to={Number(other)}
        />
      )}
      <Answer of={comparison}>{(data) => <Comparison comparison={data} />}</Answer>
    </Page>
  );
}

interface ComparisonProps {
  readonly comparison: ReleaseComparison;
}

function Comparison({ comparison }: ComparisonProps) {
  return (
    <>
      <div className="cards">
        <Source comparison={comparison} />
        <Variables comparison={comparison} />
      </div>
      <Settings comparison={comparison} />
      <Packages comparison={comparison} />
    </>
  );
}

function Source({ comparison: { source, fromBytes, toBytes } }: ComparisonProps) {
  const { fromRevision, toRevision } = source;
  return (
    <section className="card">
      <h2>Source</h2>
      <p>{source.changed ? "The files differ." : "The files are the same."}</p>
      <dl className="facts">
        {fromRevision === undefined && toRevision === undefined ? null : (
          <>
            <dt>Revision</dt>
            <dd className="mono">
              {fromRevision?.slice(0, 12) ?? "none"} → {toRevision?.slice(0, 12) ?? "none"}
            </dd>
          </>
        )}
        {fromBytes === undefined || toBytes === undefined ? null : (
          <>
            <dt>Weight</dt>
            <dd>
              {bytes(fromBytes)} → {bytes(toBytes)} ({difference(toBytes - fromBytes)})
            </dd>
          </>
        )}
      </dl>
    </section>
  );
}

function difference(count: number): string {
  if (count === 0) return "the same";
  return count > 0 ? `${bytes(count)} more` : `${bytes(-count)} less`;
}

function Variables({ comparison: { config } }: ComparisonProps) {
  const { added, removed, changed } = config;
  const isSame = added.length + removed.length + changed.length === 0;
  return (
    <section className="card">
      <h2>Variables</h2>
      {isSame ? <p>Names and values are the same.</p> : null}
      <dl className="facts">
        <Names label="Added">{added}</Names>
        <Names label="Removed">{removed}</Names>
        <Names label="Changed">{changed}</Names>
      </dl>
    </section>
  );
}

function Names({
  label,
  children,
}: {
  readonly label: string;
  readonly children: readonly string[];
}) {
  if (children.length === 0) return null;
  return (
    <>
      <dt>{label}</dt>
      <dd className="mono">{children.join(", ")}</dd>
    </>
  );
}

function Settings({ comparison: { settings } }: ComparisonProps) {
  if (settings.length === 0)
    return <Same title="Settings">Workers and settings are the same.</Same>;
  return (
    <section className="stack">
      <h2>Settings</h2>
      <Changes label="Settings that differ" rows={settings} />
    </section>
  );
}

function Packages({ comparison: { packages } }: ComparisonProps) {
  const { added, removed, changed, rebuilt, note } = packages;
  if (note !== undefined) return <Same title="Packages">{note}.</Same>;
  const rows = [
    ...changed.map(({ name, from, to }) => ({ name, from: from.join(", "), to: to.join(", ") })),
    ...added.map(({ name, version = "there" }) => ({ name, to: version })),
    ...removed.map(({ name, version = "there" }) => ({ name, from: version })),
  ];
  const others =
    rebuilt === 0 ? "" : `${plural(rebuilt, "package")} of the same version built anew.`;
  if (rows.length === 0) return <Same title="Packages">{others || "All are the same."}</Same>;
  return (
    <section className="stack">
      <h2>Packages</h2>
      <Changes label="Packages that differ" rows={rows} />
      {others === "" ? null : <p className="muted small">{others}</p>}
    </section>
  );
}

function Same({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="card">
      <h2>{title}</h2>
      <p>{children}</p>
    </section>
  );
}

interface ChangesProps {
  readonly label: string;
  readonly rows: readonly {
    readonly name: string;
    readonly from?: string | undefined;
    readonly to?: string | undefined;
  }[];
}

function Changes({ label, rows }: ChangesProps) {
  return (
    <TableCard label={label}>
      <thead>
        <tr>
          <th>Name</th>
          <th>Before</th>
          <th>After</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, from, to }) => (
          <tr key={name}>
            <td>{name}</td>
            <td className="mono">{from ?? "–"}</td>
            <td className="mono">{to ?? "–"}</td>
          </tr>
        ))}
      </tbody>
    </TableCard>
  );
}
