import type { CleanupResult, StoreBill } from "@hop3/core/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { at, get, send } from "../api.ts";
import { AskFirst } from "../components/ask-first.tsx";
import { Badge } from "../components/badge.tsx";
import { bytes, plural } from "../components/format.ts";
import { Page } from "../components/page.tsx";
import { Answer, Empty } from "../components/states.tsx";
import { TableCard } from "../components/table-card.tsx";
import { useTell } from "../components/toast.tsx";
import { useMay } from "../session.tsx";

/** What apps and releases take on the disk, and what nobody needs any more. */
export function StorePage() {
  const bill = useQuery({
    queryKey: ["server", "store"],
    queryFn: () => get<StoreBill>("/store"),
  });
  return (
    <Page title="Store">
      <p className="muted">
        What apps are made of is kept once, however many releases need it. “Alone” is what goes when
        a release goes.
      </p>
      <Answer of={bill}>
        {(data) => (
          <>
            <div className="cards">
              <Totals bill={data} />
              <Cleanup bill={data} />
            </div>
            <Apps apps={data.apps} />
          </>
        )}
      </Answer>
    </Page>
  );
}

function Totals({ bill }: { readonly bill: StoreBill }) {
  const { totalBytes, otherBytes, dataPlane, packageSet, store } = bill;
  return (
    <section className="card">
      <h2>The disk</h2>
      <dl className="facts">
        <dt>This server</dt>
        <dd>{bytes(totalBytes)}</dd>
        <dt>Of it router and tools</dt>
        <dd>{bytes(dataPlane.bytes)}</dd>
        <dt>Package set</dt>
        <dd>{bytes(packageSet.bytes)}</dd>
        {otherBytes === 0 ? null : (
          <>
            <dt>Others on this machine</dt>
            <dd>{bytes(otherBytes)}</dd>
          </>
        )}
        <dt>The whole store</dt>
        <dd>
          {bytes(store.bytes)} in {plural(store.paths, "path")}
        </dd>
        <dt>Free</dt>
        <dd>{bytes(store.freeBytes)}</dd>
      </dl>
    </section>
  );
}

function Cleanup({ bill: { garbage } }: { readonly bill: StoreBill }) {
  const [isBusy, setBusy] = useState(false);
  const queries = useQueryClient();
  const tell = useTell();
  const may = useMay("server.manage");
  const clean = async () => {
    setBusy(true);
    try {
      const freed = await send<CleanupResult>("POST", "/store/cleanup", { dryRun: false });
      tell.done(`${bytes(freed.bytes)} are free again`);
    } catch (error) {
      tell.failed(error);
    } finally {
      setBusy(false);
    }
    await queries.invalidateQueries({ queryKey: ["server", "store"] });
  };
  return (
    <section className="card">
      <h2>Cleanup</h2>
      {garbage.paths === 0 ? (
        <p>Nothing lies here that nobody needs.</p>
      ) : (
        <p>
          A cleanup would free <strong>{bytes(garbage.bytes)}</strong> in{" "}
          {plural(garbage.paths, "path")} that no app, release or root of this machine needs.
        </p>
      )}
      {may && garbage.paths > 0 ? (
        <div>
          <AskFirst
            label={isBusy ? "Cleaning up…" : "Clean up"}
            isDisabled={isBusy}
            title={`Free ${bytes(garbage.bytes)}?`}
            action="Clean up"
            onConfirm={() => void clean()}
          >
            <p>
              No app or release is touched. What was only kept to build faster the next time has to
              be built or fetched again.
            </p>
          </AskFirst>
        </div>
      ) : null}
    </section>
  );
}

function Apps({ apps }: { readonly apps: StoreBill["apps"] }) {
  if (apps.length === 0) {
    return (
      <Empty title="No app takes any room">
        <p>What an app is made of comes here when it is deployed.</p>
      </Empty>
    );
  }
  const sorted = apps.toSorted((one, other) => other.exclusiveBytes - one.exclusiveBytes);
  return (
    <TableCard label="Apps and releases">
      <thead>
        <tr>
          <th>App</th>
          <th>Release</th>
          <th>Alone</th>
          <th>With what others need</th>
        </tr>
      </thead>
      {sorted.map((each) => (
        <AppRows key={each.app} bill={each} />
      ))}
    </TableCard>
  );
}

function AppRows({
  bill: { app, exclusiveBytes, bytes: all, releases },
}: {
  readonly bill: StoreBill["apps"][number];
}) {
  return (
    <tbody>
      <tr>
        <td>
          <Link href={at`/apps/${app}`}>{app}</Link>
        </td>
        <td className="muted">{plural(releases.length, "release")}</td>
        <td className="number">{bytes(exclusiveBytes)}</td>
        <td className="number">{bytes(all)}</td>
      </tr>
      {releases.map((each) => (
        <tr key={each.release} className="muted small">
          <td />
          <td>
            <Link href={at`/apps/${app}/releases/${each.release}/closure`}>{each.release}</Link>{" "}
            {each.kind === "nix" ? null : <Badge tone="quiet">{each.kind}</Badge>}
          </td>
          <td className="number">{bytes(each.exclusiveBytes)}</td>
          <td className="number">{bytes(each.bytes)}</td>
        </tr>
      ))}
    </tbody>
  );
}
