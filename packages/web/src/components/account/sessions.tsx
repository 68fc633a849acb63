import type { SessionInfo } from "@hop3/core/api";
import { useQuery } from "@tanstack/react-query";
import { at, get, send } from "../../api.ts";
import { Badge } from "../badge.tsx";
import { Answer } from "../states.tsx";
import { Time } from "../time.tsx";
import { useChange } from "../use-change.tsx";

/** Where the account is signed in. */
export function AccountSessions() {
  const change = useChange(["account"]);
  const list = useQuery({
    queryKey: ["account", "sessions"],
    queryFn: () => get<{ sessions: SessionInfo[] }>("/account/sessions"),
  });
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
                  <button
                    type="button"
                    className="button plain"
                    onClick={() =>
                      void change(send("DELETE", at`/account/sessions/${id}`), "It is signed out")
                    }
                  >
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
