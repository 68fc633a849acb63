import type { AppDetail, DeploymentSummary, ProcessInfo, WorkerScale } from "@hop3/core/api";
import { useQuery } from "@tanstack/react-query";
import { useLocation } from "wouter";
import { at, get, send } from "../../api.ts";
import { useMay } from "../../session.tsx";
import { StateBadge } from "../badge.tsx";
import { bytes, duration } from "../format.ts";
import { Answer, Empty } from "../states.tsx";
import { TableCard } from "../table-card.tsx";
import { useTell } from "../toast.tsx";
import { Workers } from "./processes-scale.tsx";
import { RunCommand } from "./run-command.tsx";

interface Found {
  readonly processes: readonly ProcessInfo[];
  readonly workers: readonly WorkerScale[];
}

export function AppProcesses({ app }: { readonly app: AppDetail }) {
  const { name } = app;
  const list = useQuery({
    queryKey: ["app", name, "processes"],
    queryFn: () => get<Found>(at`/apps/${name}/processes`),
    refetchInterval: 5000,
  });
  return (
    <Answer of={list}>
      {({ processes, workers }) =>
        processes.length === 0 && workers.length === 0 ? (
          <Empty title="No process runs">
            <p>A deployment starts the workers that the app declares.</p>
          </Empty>
        ) : (
          <div className="stack">
            <Workers app={app} workers={workers} />
            {processes.length === 0 ? null : (
              <>
                <Table processes={processes} />
                <Restart app={name} />
              </>
            )}
            {app.release === undefined ? null : <RunCommand app={name} />}
          </div>
        )
      }
    </Answer>
  );
}

function Restart({ app }: { readonly app: string }) {
  const [, go] = useLocation();
  const tell = useTell();
  if (!useMay("app.deploy", app)) return null;
  const restart = async () => {
    try {
      const { id } = await send<DeploymentSummary>("POST", at`/apps/${app}/restart`);
      go(at`/apps/${app}/deployments/${id}`);
    } catch (error) {
      tell.failed(error);
    }
  };
  return (
    <div>
      <button type="button" className="button" onClick={() => void restart()}>
        Restart all
      </button>
    </div>
  );
}

/** What comes or goes is not simply up. */
function stateOf({ state, role }: ProcessInfo): string {
  return state === "up" && role !== "current" ? role : state;
}

function Table({ processes }: { readonly processes: readonly ProcessInfo[] }) {
  return (
    <TableCard label="Processes">
      <thead>
        <tr>
          <th>Worker</th>
          <th>State</th>
          <th>For</th>
          <th>Restarts</th>
          <th>Memory</th>
          <th>Release</th>
          <th>Listens on</th>
        </tr>
      </thead>
      <tbody>
        {processes.map((each) => (
          <tr key={each.id}>
            <td>
              {each.worker}.{each.instance}
            </td>
            <td>
              <StateBadge state={stateOf(each)} />
            </td>
            <td className="number">{duration(each.sinceSeconds * 1000)}</td>
            <td className="number">{each.restarts}</td>
            <td className="number">
              {each.memoryBytes === undefined ? "–" : bytes(each.memoryBytes)}
            </td>
            <td>{each.release}</td>
            <td className="mono">{each.address ?? "–"}</td>
          </tr>
        ))}
      </tbody>
    </TableCard>
  );
}
