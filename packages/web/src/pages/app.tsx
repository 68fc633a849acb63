import type { AppDetail } from "@hop3/core/api";
import { appOfPreview } from "@hop3/core/base";
import { useQuery } from "@tanstack/react-query";
import { type ComponentType, useEffect, useRef } from "react";
import { Link, useParams } from "wouter";
import { at, get } from "../api.ts";
import { AppAddons } from "../components/app/addons.tsx";
import { AppConfig } from "../components/app/config.tsx";
import { AppDeployments } from "../components/app/deployments.tsx";
import { AppDomains } from "../components/app/domains.tsx";
import { AppGit } from "../components/app/git.tsx";
import { AppLogs } from "../components/app/logs.tsx";
import { AppMetrics } from "../components/app/metrics.tsx";
import { AppOverview } from "../components/app/overview.tsx";
import { AppPreviews } from "../components/app/previews.tsx";
import { AppProcesses } from "../components/app/processes.tsx";
import { AppReleases } from "../components/app/releases.tsx";
import { AppSettings } from "../components/app/settings.tsx";
import { StateBadge } from "../components/badge.tsx";
import { Page } from "../components/page.tsx";
import { Answer, Empty } from "../components/states.tsx";
import { newVersionOf } from "../components/upload/ways.ts";
import { useMay } from "../session.tsx";

interface TabProps {
  readonly app: AppDetail;
}

/** In the order of the tabs; the first is the page itself. */
const tabs: Readonly<Record<string, readonly [label: string, part: ComponentType<TabProps>]>> = {
  overview: ["Overview", AppOverview],
  deployments: ["Deployments", AppDeployments],
  releases: ["Releases", AppReleases],
  config: ["Config", AppConfig],
  domains: ["Domains", AppDomains],
  processes: ["Processes", AppProcesses],
  logs: ["Logs", AppLogs],
  metrics: ["Metrics", AppMetrics],
  addons: ["Addons", AppAddons],
  git: ["Git", AppGit],
  previews: ["Previews", AppPreviews],
  settings: ["Settings", AppSettings],
};

export function AppPage() {
  const { app: name = "", tab = "overview" } = useParams();
  const app = useQuery({
    queryKey: ["app", name],
    queryFn: () => get<AppDetail>(at`/apps/${name}`),
  });
  const shown = appOfPreview(name);
  const mayDeploy = useMay("app.deploy", name);
  const isMissing = app.error !== null && app.data === undefined;
  return (
    <Page
      title={name}
      beside={
        <>
          {app.data && <StateBadge state={app.data.state} />}
          {shown === undefined ? null : (
            <span className="muted">
              preview of <Link href={at`/apps/${shown}`}>{shown}</Link>
            </span>
          )}
        </>
      }
      actions={
        app.data && (
          <>
            {mayDeploy && shown === undefined ? (
              <Link className="button" href={newVersionOf(name)}>
                New version
              </Link>
            ) : null}
            {app.data.release === undefined ? null : (
              <a className="button" href={app.data.url}>
                Open
              </a>
            )}
          </>
        )
      }
    >
      {isMissing ? null : <Tabs app={name} tab={tab} />}
      <Answer of={app}>{(data) => <OpenPart app={data} tab={tab} />}</Answer>
      {isMissing ? (
        <div>
          <Link href="/" className="button">
            To the apps
          </Link>
        </div>
      ) : null}
    </Page>
  );
}

function OpenPart({ app, tab }: TabProps & { readonly tab: string }) {
  const Part = tabs[tab]?.[1];
  if (Part !== undefined) return <Part app={app} />;
  return (
    <Empty title="There is no such part">
      <Link href={at`/apps/${app.name}`}>To the overview</Link>
    </Empty>
  );
}

function Tabs({ app, tab }: { readonly app: string; readonly tab: string }) {
  // A preview has no previews.
  const shownTabs = Object.entries(tabs).filter(
    ([id]) => id !== "previews" || appOfPreview(app) === undefined,
  );
  const bar = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a phone the one that is open may lie beyond the edge.
    const open = bar.current?.querySelector(`[data-tab="${CSS.escape(tab)}"]`);
    open?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [tab]);
  return (
    <nav ref={bar} className="tabs" aria-label={`Parts of ${app}`}>
      {shownTabs.map(([id, [label]]) => (
        <Link
          key={id}
          data-tab={id}
          href={id === "overview" ? at`/apps/${app}` : at`/apps/${app}/${id}`}
          aria-current={id === tab ? "page" : undefined}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}
