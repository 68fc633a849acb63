import type { AppSummary } from "@hop3/core/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { at, get } from "../api.ts";
import { StateBadge } from "../components/badge.tsx";
import { Page } from "../components/page.tsx";
import { Answer, Empty } from "../components/states.tsx";
import { Time } from "../components/time.tsx";

export function AppsPage() {
  const apps = useQuery({
    queryKey: ["apps"],
    queryFn: () => get<{ apps: AppSummary[] }>("/apps"),
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
      <Answer of={apps}>{(data) => <AppCards apps={data.apps} />}</Answer>
    </Page>
  );
}

function AppCards({ apps }: { readonly apps: readonly AppSummary[] }) {
  if (apps.length === 0) {
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
  return (
    <div className="cards">
      {apps.map(({ name, state, url, tier, deployedAt }) => (
        <article key={name} className="card">
          <div className="row">
            <h2>
              <Link href={at`/apps/${name}`}>{name}</Link>
            </h2>
            <StateBadge state={state} />
          </div>
          <a href={url}>{url}</a>
          <p className="muted small">
            {tier ?? "no tier"} ·{" "}
            {deployedAt === undefined ? "never deployed" : <Time at={deployedAt} />}
          </p>
        </article>
      ))}
    </div>
  );
}
