import type { AppSummary } from "@hop3/core/api";
import { appOfPreview } from "@hop3/core/base";
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { at, get } from "../api.ts";
import { StateBadge } from "../components/badge.tsx";
import { bytes, plural } from "../components/format.ts";
import { SearchBox } from "../components/forms/search-box.tsx";
import { LineChart } from "../components/line-chart.tsx";
import { Page } from "../components/page.tsx";
import { Answer, Empty } from "../components/states.tsx";
import { Tier } from "../components/tier.tsx";
import { Time } from "../components/time.tsx";
import { useFilter } from "../components/use-filter.ts";
import { useMaySomewhere } from "../session.tsx";

export function AppsPage() {
  const mayDeploy = useMaySomewhere("app.deploy");
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
        mayDeploy ? (
          <Link href="/new" className="button primary">
            New app
          </Link>
        ) : null
      }
    >
      <Answer of={apps}>
        {(data) =>
          data.apps.length === 0 ? <NoApps mayDeploy={mayDeploy} /> : <AppList apps={data.apps} />
        }
      </Answer>
    </Page>
  );
}

function NoApps({ mayDeploy }: { readonly mayDeploy: boolean }) {
  if (!mayDeploy) {
    return (
      <Empty title="No apps yet">
        <p>Those that you may look at are shown here.</p>
      </Empty>
    );
  }
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
  const [search, setSearch] = useFilter("search");
  const wanted = search.trim().toLowerCase();
  const shown = apps.filter(({ name, domains }) =>
    [name, ...domains].some((text) => text.includes(wanted)),
  );
  return (
    <>
      {apps.length <= fewApps ? null : (
        <SearchBox
          label="Search apps"
          value={search}
          onChange={setSearch}
          found={plural(shown.length, "app")}
        />
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
  const shown = appOfPreview(name);
  return (
    <article className="card app-card">
      <div className="row">
        <h2>
          <Link href={at`/apps/${name}`}>{name}</Link>
        </h2>
        <StateBadge state={state} />
      </div>
      {shown === undefined ? null : (
        <p className="muted small">
          preview of <Link href={at`/apps/${shown}`}>{shown}</Link>
        </p>
      )}
      <a href={url}>{url}</a>
      <Usage app={app} />
      <p className="row muted small">
        {deployedAt === undefined ? (
          "never deployed"
        ) : (
          <span>
            deployed <Time at={deployedAt} />
          </span>
        )}
        {tier === undefined ? null : <Tier tier={tier} />}
      </p>
    </article>
  );
}

function Usage({ app: { name, memoryBytes, cpu, spark } }: { readonly app: AppSummary }) {
  if (memoryBytes === undefined) return null;
  return (
    <div className="measures small">
      <Measure label="Memory" of={name} values={spark?.memoryBytes} text={bytes(memoryBytes)} />
      <Measure
        label="CPU"
        of={name}
        values={spark?.cpu}
        max={Math.max(1, ...(spark?.cpu ?? []))}
        text={`${((cpu ?? 0) * 100).toFixed(0)} %`}
      />
    </div>
  );
}

interface MeasureProps {
  readonly label: string;
  readonly of: string;
  readonly values: readonly number[] | undefined;
  readonly max?: number;
  readonly text: string;
}

/** What is used now, and a drawing of the last minutes as soon as there are two points of it. */
function Measure({ label, of, values = [], text, ...chart }: MeasureProps) {
  return (
    <span className="measure">
      <span className="muted">{label}</span>
      <span className="number">{text}</span>
      {values.length < 2 ? (
        <span />
      ) : (
        <LineChart {...chart} values={values} label={`${label} of ${of}`} />
      )}
    </span>
  );
}
