import type { SessionInfo } from "@hop3/core/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { at, get, send } from "../../api.ts";
import { Badge } from "../badge.tsx";
import { Answer } from "../states.tsx";
import { Time } from "../time.tsx";
import { useTell } from "../toast.tsx";

/** Where the account is signed in. */
export function AccountSessions() {
  const queries = useQueryClient();
  const tell = useTell();
  const list = useQuery({
    queryKey: ["account", "sessions"],
    queryFn: () => get<{ sessions: SessionInfo[] }>("/account/sessions"),
  });
  const end = async (id: string) => {
    try {
      await send("DELETE", at`/account/sessions/${id}`);
      tell.done("It is signed out");
    } catch (error) {
      tell.failed(error);
    }
    await queries.invalidateQueries({ queryKey: ["account"] });
  };
  return (
    <section className="card">
      <h2>Signed in at</h2>
      <Answer of={list}>
        {({ sessions }) => (
          <ul className="plain-list">
            {sessions.map(({ id, address, agent, lastUsedAt, current }) => (
              <li key={id} className="row">
                <span className="mono">{address}</span>
                <span className="muted small ellipsis">{agent}</span>
                <span className="muted small">
                  <Time at={lastUsedAt} />
                </span>
                {current ? (
                  <Badge tone="accent">here</Badge>
                ) : (
                  <button type="button" className="button plain" onClick={() => void end(id)}>
                    Sign out
                  </button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Answer>
    </section>
  );
}
