import type { AuditEntry, AuditPage as Entries } from "@hop3/core/api";
import { useInfiniteQuery } from "@tanstack/react-query";
import { get } from "../api.ts";
import { Badge } from "../components/badge.tsx";
import { Field } from "../components/field.tsx";
import { Page } from "../components/page.tsx";
import { Empty, ErrorNote, Loading } from "../components/states.tsx";
import { TableCard } from "../components/table-card.tsx";
import { Time } from "../components/time.tsx";
import { useFilter } from "../components/use-filter.ts";

/** Who did what, and from where; nobody can change it. */
export function AuditPage() {
  const [user, setUser] = useFilter("user");
  const [app, setApp] = useFilter("app");
  const filter = { user: user.trim() || undefined, app: app.trim() || undefined };
  const audit = useInfiniteQuery({
    queryKey: ["audit", filter],
    queryFn: ({ pageParam }) => get<Entries>("/audit", { ...filter, before: pageParam, limit: 50 }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ next }) => next,
  });
  const entries = audit.data?.pages.flatMap((page) => page.entries) ?? [];
  return (
    <Page title="Audit log">
      <div className="fields">
        <Field label="Who">
          <input type="search" value={user} onChange={({ target }) => setUser(target.value)} />
        </Field>
        <Field label="App">
          <input type="search" value={app} onChange={({ target }) => setApp(target.value)} />
        </Field>
      </div>
      {audit.error === null ? null : <ErrorNote error={audit.error} />}
      {audit.isPending ? <Loading /> : null}
      {audit.data !== undefined && entries.length === 0 ? (
        <Empty title="Nothing to show">
          <p>Nothing that fits has been done.</p>
        </Empty>
      ) : null}
      {entries.length === 0 ? null : <Table entries={entries} />}
      {audit.hasNextPage ? (
        <div>
          <button
            type="button"
            className="button"
            disabled={audit.isFetchingNextPage}
            onClick={() => void audit.fetchNextPage()}
          >
            Show older
          </button>
        </div>
      ) : null}
    </Page>
  );
}

const tones = { done: "good", refused: "warn", failed: "bad" } as const;

function Table({ entries }: { readonly entries: readonly AuditEntry[] }) {
  return (
    <TableCard label="Entries" isFolding>
      <thead>
        <tr>
          <th>When</th>
          <th>Who</th>
          <th>What</th>
          <th>App</th>
          <th>Outcome</th>
          <th>From</th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <tr key={entry.id}>
            <td>
              <Time at={entry.at} />
            </td>
            <td>
              {entry.actor}
              <div className="muted small">
                {entry.via === "none" ? "not signed in" : entry.via}
              </div>
            </td>
            <td>
              <span className="mono">{entry.action}</span>
              {entry.target === undefined ? null : <div className="small">{entry.target}</div>}
              <Change before={entry.before} after={entry.after} />
            </td>
            <td>{entry.app ?? ""}</td>
            <td>
              <Badge tone={tones[entry.outcome]}>{entry.outcome}</Badge>
            </td>
            <td className="mono small">{entry.address}</td>
          </tr>
        ))}
      </tbody>
    </TableCard>
  );
}

function Change({
  before,
  after,
}: {
  readonly before: string | undefined;
  readonly after: string | undefined;
}) {
  if (before === undefined && after === undefined) return null;
  return (
    <div className="muted small">
      {before ?? "nothing"} → {after ?? "nothing"}
    </div>
  );
}
