import type { InviteInfo } from "@hop3/core/api";
import { at, send } from "../../api.ts";
import { AskFirst } from "../ask-first.tsx";
import { Badge } from "../badge.tsx";
import { Time } from "../time.tsx";
import { useChange } from "../use-change.tsx";
import { roleText } from "./role-fields.tsx";

interface InvitedCardProps {
  readonly invite: InviteInfo;
  readonly mayManage: boolean;
}

/** Somebody who has not followed the link yet. */
export function InvitedCard({ invite, mayManage }: InvitedCardProps) {
  const { name = "", roles, expiresAt } = invite;
  const change = useChange(["server", "users"]);
  const withdraw = () =>
    change(send("DELETE", at`/users/${name}`), `${name} is not invited any more`);
  return (
    <article className="card">
      <div className="row">
        <h2>{name}</h2>
        <Badge tone="accent">invited</Badge>
        {roles.map((role) => (
          <Badge key={role.app ?? ""} tone="quiet">
            {roleText(role)}
          </Badge>
        ))}
      </div>
      <p className="muted small">
        no account yet · the link ends <Time at={expiresAt} />
      </p>
      {mayManage ? (
        <div className="row">
          <AskFirst
            label="Withdraw"
            fullLabel={`Withdraw the invitation of ${name}`}
            title={`Withdraw the invitation of ${name}?`}
            action="Withdraw"
            isDanger
            onConfirm={() => void withdraw()}
          >
            <p>The link works no more. A new one can be made at any time.</p>
          </AskFirst>
        </div>
      ) : null}
    </article>
  );
}
