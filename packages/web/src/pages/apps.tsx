import type { AppSummary } from "@hop3/core/api";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { at, get } from "../api.ts";
import { StateBadge } from "../components/badge.tsx";
import { bytes, plural } from "../components/format.ts";
import { LineChart } from "../components/line-chart.tsx";
import { Page } from "../components/page.tsx";
import { Answer, Empty } from "../components/states.tsx";
import { Time } from "../components/time.tsx";

export function AppsPage() {
  const apps = useQuery({
    queryKey: ["apps"],
    queryFn: () => get<{ apps: AppSummary[] }>("/apps"),
    // States come with events; what is measured does not.
    refetchInterval: 15_000,
  });
  return (
    <Page
      title="Apps"
      actions={
        <Link href="/new" className="button primary">
          New app
        </Link>
      }
    >
      <Answer of={apps}>
        {(data) => (data.apps.length === 0 ? <NoApps /> : <AppList apps={data.apps} />)}
      </Answer>
    </Page>
  );
}

function NoApps() {
  return (
    <Empty title="No apps yet">
      <p>Install one from the catalogue, or bring your own.</p>
      <div className="row">
        <Link href="/catalogue" className="button primary">
          Open the catalogue
        </Link>
        <Link href="/new" className="button">
          Bring an app
        </Link>
      </div>
    </Empty>
  );
}

/** So few need no search. */
const fewApps = 6;

function AppList({ apps }: { readonly apps: readonly AppSummary[] }) {
  const [search, setSearch] = useState("");
  const wanted = search.trim().toLowerCase();
  const shown = apps.filter(({ name, domains }) =>
    [name, ...domains].some((text) => text.includes(wanted)),
  );
  return (
    <>
      {apps.length <= fewApps ? null : (
        <label className="row">
          <span className="visually-hidden">Search apps</span>
          <input
            type="search"
            placeholder="Search"
            value={search}
            onChange={({ target }) => setSearch(target.value)}
          />
          <span className="muted small" role="status">
            {plural(shown.length, "app")}
          </span>
        </label>
      )}
      <div className="cards">
        {shown.map((app) => (
          <AppCard key={app.name} app={app} />
        ))}
      </div>
    </>
  );
}

function AppCard({ app }: { readonly app: AppSummary }) {
  const { name, state, url, tier, deployedAt } = app;
  return (
    <article className="card app-card">
      <div className="row">
        <h2>
          <Link href={at`/apps/${name}`}>{name}</Link>
        </h2>
        <StateBadge state={state} />
      </div>
      <a href={url}>{url}</a>
      <Usage app={app} />
      <p className="muted small">
        {tier ?? "no tier"} ·{" "}
        {deployedAt === undefined ? "never deployed" : <Time at={deployedAt} />}
      </p>
    </article>
  );
}

function Usage({ app: { name, memoryBytes, cpu, spark } }: { readonly app: AppSummary }) {
  if (spark === undefined || memoryBytes === undefined) return null;
  return (
    <div className="row small muted">
      <LineChart values={spark.memoryBytes} label={`Memory of ${name}`} />
      <span className="number">{bytes(memoryBytes)}</span>
      <LineChart
        values={spark.cpu}
        max={Math.max(1, ...spark.cpu)}
        label={`Processor time of ${name}`}
      />
      <span className="number">{((cpu ?? 0) * 100).toFixed(0)} %</span>
    </div>
  );
}
