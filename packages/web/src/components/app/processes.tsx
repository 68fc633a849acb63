import type { AppDetail, DeploymentSummary, ProcessInfo } from "@hop3/core/api";
import { useQuery } from "@tanstack/react-query";
import { useLocation } from "wouter";
import { at, get, send } from "../../api.ts";
import { useMay } from "../../session.tsx";
import { StateBadge } from "../badge.tsx";
import { bytes, duration } from "../format.ts";
import { Answer, Empty } from "../states.tsx";
import { TableCard } from "../table-card.tsx";
import { useTell } from "../toast.tsx";

export function AppProcesses({ app: { name } }: { readonly app: AppDetail }) {
  const [, go] = useLocation();
  const tell = useTell();
  const may = useMay("app.deploy", name);
  const list = useQuery({
    queryKey: ["app", name, "processes"],
    queryFn: () => get<{ processes: ProcessInfo[] }>(at`/apps/${name}/processes`),
    refetchInterval: 5000,
  });
  const restart = async () => {
    try {
      const { id } = await send<DeploymentSummary>("POST", at`/apps/${name}/restart`);
      go(at`/apps/${name}/deployments/${id}`);
    } catch (error) {
      tell.failed(error);
    }
  };
  return (
    <Answer of={list}>
      {({ processes }) =>
        processes.length === 0 ? (
          <Empty title="No process runs">
            <p>A deployment starts the workers that the app declares.</p>
          </Empty>
        ) : (
          <div className="stack">
            {may ? (
              <div>
                <button type="button" className="button" onClick={() => void restart()}>
                  Restart all
                </button>
              </div>
            ) : null}
            <Table processes={processes} />
          </div>
        )
      }
    </Answer>
  );
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
              <StateBadge state={each.state} />
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
