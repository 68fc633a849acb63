import type { AppDetail, DeploymentSummary } from "@hop3/core/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { at, get } from "../../api.ts";
import { DeploymentBadge } from "../badge.tsx";
import { duration } from "../format.ts";
import { Answer, Empty } from "../states.tsx";
import { TableCard } from "../table-card.tsx";
import { Time } from "../time.tsx";

export function AppDeployments({ app: { name } }: { readonly app: AppDetail }) {
  const list = useQuery({
    queryKey: ["app", name, "deployments"],
    queryFn: () =>
      get<{ deployments: DeploymentSummary[] }>(at`/apps/${name}/deployments`, { limit: 50 }),
  });
  return (
    <Answer of={list}>
      {({ deployments }) =>
        deployments.length === 0 ? (
          <Empty title="No deployments yet">
            <p>Each push, upload, rollback and change of config is one.</p>
          </Empty>
        ) : (
          <TableCard label="Deployments" isFolding>
            <thead>
              <tr>
                <th>Deployment</th>
                <th>State</th>
                <th>Kind</th>
                <th>Release</th>
                <th>Took</th>
                <th>When</th>
              </tr>
            </thead>
            <tbody>
              {deployments.map((deployment) => (
                <Row key={deployment.id} deployment={deployment} />
              ))}
            </tbody>
          </TableCard>
        )
      }
    </Answer>
  );
}

function Row({ deployment }: { readonly deployment: DeploymentSummary }) {
  const { id, app, state, kind, release, phases, createdAt, failure } = deployment;
  const took = phases.filter(({ name }) => name !== "drain").reduce((sum, { ms }) => sum + ms, 0);
  return (
    <tr>
      <td>
        <Link href={at`/apps/${app}/deployments/${id}`}>{id}</Link>
      </td>
      <td>
        <DeploymentBadge state={state} />
        {failure === undefined ? null : <div className="small muted">{failure.message}</div>}
      </td>
      <td>{kind}</td>
      <td data-label="release">{release ?? "–"}</td>
      <td className="number" data-label="took">
        {duration(took)}
      </td>
      <td>
        <Time at={createdAt} />
      </td>
    </tr>
  );
}
