import type { HookDeliveryInfo, HookInfo, HookTest } from "@hop3/core/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { at, get, send } from "../../api.ts";
import { useMay } from "../../session.tsx";
import { AskFirst } from "../ask-first.tsx";
import { StateBadge } from "../badge.tsx";
import { CopyText } from "../copy.tsx";
import { Answer } from "../states.tsx";
import { TableCard } from "../table-card.tsx";
import { Time } from "../time.tsx";
import { useTell } from "../toast.tsx";
import { useChange } from "../use-change.tsx";

/** The repositories whose forges tell of pushes, with what has come of it. */
export function Hooks({ app }: { readonly app: string }) {
  const list = useQuery({
    queryKey: ["app", app, "hooks"],
    queryFn: () => get<{ hooks: HookInfo[] }>(at`/apps/${app}/hooks`),
    // What a forge sends in vain is no event of the app.
    refetchInterval: 10_000,
  });
  return (
    <Answer of={list}>
      {({ hooks }) => hooks.map((hook) => <HookCard key={hook.id} hook={hook} />)}
    </Answer>
  );
}

function HookCard({ hook }: { readonly hook: HookInfo }) {
  const { app, url, repository, hasCredential, ssh, createdAt, deliveries } = hook;
  const may = useMay("app.configure", app);
  return (
    <section className="card">
      <h2>{repository}</h2>
      <p className="muted small">
        connected <Time at={createdAt} />
        {hasCredential ? ", with a stored credential" : ""}
      </p>
      <CopyText isNamed label="Address of its webhook" text={url} />
      {ssh === undefined ? null : (
        <>
          <CopyText isNamed label="Deploy key that reads it" text={ssh.deployKey} />
          <p className="muted small">
            The host is taken for the real one by its key:{" "}
            <span className="mono">{ssh.hostKey}</span>
          </p>
        </>
      )}
      {deliveries.length === 0 ? (
        <p>
          Nothing has come yet. Enter the address and the secret at the forge, then push something.
        </p>
      ) : (
        <Deliveries app={app} deliveries={deliveries} />
      )}
      {may ? <Actions hook={hook} /> : null}
    </section>
  );
}

function Actions({ hook: { app, id, repository, ssh } }: { readonly hook: HookInfo }) {
  const tell = useTell();
  const change = useChange(["app", app, "hooks"]);
  const path = at`/apps/${app}/hooks/${id}`;
  const test = async () => {
    try {
      const { branch, commit } = await send<HookTest>("POST", `${path}/test`);
      tell.done(`The repository answers: ${branch} is at ${commit.slice(0, 10)}`);
    } catch (error) {
      tell.failed(error);
    }
  };
  return (
    <div className="row">
      <button type="button" className="button" onClick={() => void test()}>
        Ask the repository
      </button>
      {ssh === undefined ? null : (
        <AskFirst
          label="Take another host key"
          title={`Take the key that the host of ${repository} shows now?`}
          action="Take it"
          onConfirm={() =>
            void change(
              send("POST", `${path}/trust`, {}),
              "The host is known by the key that it shows now",
            )
          }
        >
          <p>
            Do this only when its owner has said that the key has changed: otherwise somebody may
            stand in between.
          </p>
        </AskFirst>
      )}
      <AskFirst
        label="Disconnect"
        fullLabel={`Disconnect ${repository}`}
        title={`Disconnect ${repository}?`}
        action="Disconnect"
        isDanger
        onConfirm={() => void change(send("DELETE", path), `${repository} is not heard any more`)}
      >
        <p>What the forge sends is refused from now on. The app goes on running.</p>
      </AskFirst>
    </div>
  );
}

interface DeliveriesProps {
  readonly app: string;
  readonly deliveries: readonly HookDeliveryInfo[];
}

function Deliveries({ app, deliveries }: DeliveriesProps) {
  return (
    <TableCard label="What the forge has told" isFlat isFolding>
      <thead>
        <tr>
          <th>When</th>
          <th>Event</th>
          <th>Outcome</th>
          <th>Deployment</th>
        </tr>
      </thead>
      <tbody>
        {deliveries.map(({ at: when, event, outcome, reason, deployment }) => (
          <tr key={`${when} ${event} ${deployment ?? reason}`}>
            <td>
              <Time at={when} />
            </td>
            <td className="mono">{event}</td>
            <td>
              <StateBadge state={outcome} />
              {reason === undefined ? null : <div className="small muted">{reason}</div>}
            </td>
            <td>
              {deployment === undefined ? (
                "–"
              ) : (
                <Link href={at`/apps/${app}/deployments/${deployment}`}>{deployment}</Link>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </TableCard>
  );
}
