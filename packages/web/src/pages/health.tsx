import type { DoctorCheck, ServerInfo } from "@hop3/core/api";
import { useQuery } from "@tanstack/react-query";
import { get } from "../api.ts";
import { StateBadge } from "../components/badge.tsx";
import { Receivers } from "../components/notify/receivers.tsx";
import { PackageSet } from "../components/package-set.tsx";
import { Page } from "../components/page.tsx";
import { Answer } from "../components/states.tsx";
import { TableCard } from "../components/table-card.tsx";
import { Time } from "../components/time.tsx";

/** What `hop3 doctor` says, and what server this is. */
export function HealthPage() {
  const checks = useQuery({
    queryKey: ["server", "doctor"],
    queryFn: () => get<{ checks: DoctorCheck[] }>("/doctor"),
  });
  const server = useQuery({
    queryKey: ["server", "info"],
    queryFn: () => get<ServerInfo>("/server"),
  });
  return (
    <Page
      title="Health"
      actions={
        <button
          type="button"
          className="button"
          disabled={checks.isFetching}
          onClick={() => void checks.refetch()}
        >
          Check again
        </button>
      }
    >
      <Answer of={checks}>{(data) => <Checks checks={data.checks} />}</Answer>
      <section className="card">
        <h2>This server</h2>
        <Answer of={server}>{(info) => <Facts info={info} />}</Answer>
      </section>
      <PackageSet />
      <Receivers />
    </Page>
  );
}

const order = ["problem", "warning", "ok"];

function Checks({ checks }: { readonly checks: readonly DoctorCheck[] }) {
  const sorted = checks.toSorted(
    (one, other) => order.indexOf(one.state) - order.indexOf(other.state),
  );
  return (
    <TableCard label="Checks" isFolding>
      <thead>
        <tr>
          <th>State</th>
          <th>What</th>
          <th>Found</th>
        </tr>
      </thead>
      <tbody>
        {sorted.map(({ name, state, message, hint }) => (
          <tr key={`${name} ${message}`}>
            <td>
              <StateBadge state={state} />
            </td>
            <td>{name}</td>
            <td>
              {message}
              {hint === undefined ? null : <div className="muted small">{hint}</div>}
            </td>
          </tr>
        ))}
      </tbody>
    </TableCard>
  );
}

function Facts({ info }: { readonly info: ServerInfo }) {
  const { version, startedAt, home, listen, router, routerName, supervisor, domain } = info;
  return (
    <dl className="facts">
      <dt>Version</dt>
      <dd>{version}</dd>
      <dt>Started</dt>
      <dd>
        <Time at={startedAt} />
      </dd>
      <dt>Home</dt>
      <dd className="mono">{home}</dd>
      <dt>API</dt>
      <dd className="mono">{listen}</dd>
      <dt>Router</dt>
      <dd>
        <span className="mono">{router}</span> ({routerName})
      </dd>
      <dt>Supervisor</dt>
      <dd>{supervisor}</dd>
      <dt>Apps at</dt>
      <dd className="mono">&lt;app&gt;.{domain}</dd>
    </dl>
  );
}
