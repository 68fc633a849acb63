import type { NoticeInfo, ReceiverInfo } from "@hop3/core/api";
import { at, send } from "../../api.ts";
import { AskFirst } from "../ask-first.tsx";
import { StateBadge } from "../badge.tsx";
import { plural } from "../format.ts";
import { ActionsHead, TableCard } from "../table-card.tsx";
import { Time } from "../time.tsx";
import { useChange } from "../use-change.tsx";

interface ReceiverItemProps {
  readonly app: string | undefined;
  readonly receiver: ReceiverInfo;
  readonly queryKey: readonly string[];
}

/** The query of requests about receivers: those of one app, or without one those that are told of all. */
export function aboutApp(app: string | undefined): string {
  return app === undefined ? "" : at`?app=${app}`;
}

/** One that is told, with what it was told last and what it has answered. */
export function ReceiverItem({ app, receiver, queryKey }: ReceiverItemProps) {
  const { id, url, events, notices } = receiver;
  const change = useChange(queryKey);
  const act = (method: "POST" | "DELETE", path: string, done: string) =>
    void change(send(method, `${path}${aboutApp(app)}`), done);
  return (
    <article className="stack part">
      <div className="row">
        <h3 className="break">{url}</h3>
        <button
          type="button"
          className="button"
          aria-label={`Try it: ${url}`}
          onClick={() => act("POST", at`/notify/${id}/test`, "A test is on its way")}
        >
          Try it
        </button>
        <AskFirst
          label="Remove"
          fullLabel={`Remove ${url}`}
          title="Tell it nothing any more?"
          action="Remove"
          isDanger
          onConfirm={() => act("DELETE", at`/notify/${id}`, "It is told nothing any more")}
        >
          <p className="break">{url}</p>
        </AskFirst>
      </div>
      <p className="muted small">{events.join(", ")}</p>
      {notices.length === 0 ? (
        <p className="muted">It was told nothing yet.</p>
      ) : (
        <Notices
          notices={notices}
          onAgain={(notice) =>
            act("POST", at`/notify/${id}/notices/${notice}/redeliver`, "It is on its way again")
          }
        />
      )}
    </article>
  );
}

interface NoticesProps {
  readonly notices: readonly NoticeInfo[];
  readonly onAgain: (notice: number) => void;
}

function Notices({ notices, onAgain }: NoticesProps) {
  return (
    <TableCard label="What it was told" isFlat isFolding>
      <thead>
        <tr>
          <th>When</th>
          <th>Event</th>
          <th>State</th>
          <ActionsHead />
        </tr>
      </thead>
      <tbody>
        {notices.map((notice) => (
          <tr key={notice.id}>
            <td>
              <Time at={notice.at} />
            </td>
            <td className="mono">{notice.event}</td>
            <td>
              <StateBadge state={notice.state} />
              <Progress notice={notice} />
            </td>
            <td className="end">
              <button
                type="button"
                className="button plain"
                aria-label={`Send again: notice ${notice.id}`}
                onClick={() => onAgain(notice.id)}
              >
                Send again
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </TableCard>
  );
}

function Progress({ notice }: { readonly notice: NoticeInfo }) {
  const { attempts, status, reason, nextAt } = notice;
  const parts = [
    attempts < 2 ? undefined : plural(attempts, "try", "tries"),
    reason ?? (status === undefined ? undefined : `answered ${status}`),
  ].filter((part) => part !== undefined);
  return (
    <div className="muted small">
      {parts.join(", ")}
      {nextAt === undefined ? null : (
        <>
          , again <Time at={nextAt} />
        </>
      )}
    </div>
  );
}
