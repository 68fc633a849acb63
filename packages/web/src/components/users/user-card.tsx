import type { InviteCreated, UserInfo, UserRole } from "@hop3/core/api";
import { useState } from "react";
import { at, send } from "../../api.ts";
import { useIdentity } from "../../session.tsx";
import { AskFirst } from "../ask-first.tsx";
import { Badge } from "../badge.tsx";
import { CopyText } from "../copy.tsx";
import { plural } from "../format.ts";
import { Time } from "../time.tsx";
import { useChange } from "../use-change.tsx";
import { roleText } from "./role-fields.tsx";
import { RoleForm } from "./role-form.tsx";

interface UserCardProps {
  readonly user: UserInfo;
  readonly mayManage: boolean;
}

/** One user, with what they may do and how to change it. */
export function UserCard({ user, mayManage }: UserCardProps) {
  const { name, roles: held, totp, passkeys, lastSignInAt } = user;
  const me = useIdentity();
  return (
    <article className="card">
      <div className="row">
        <h2>{name}</h2>
        {me.user === name ? <Badge tone="accent">you</Badge> : null}
        {held.map((role) => (
          <HeldRole key={role.app ?? ""} user={name} held={role} mayManage={mayManage} />
        ))}
      </div>
      <p className="muted small">
        {lastSignInAt === undefined ? (
          "never signed in"
        ) : (
          <>
            signed in <Time at={lastSignInAt} />
          </>
        )}
        {" · "}
        {totp ? "with a second factor" : "no second factor"}
        {passkeys === 0 ? "" : ` · ${plural(passkeys, "passkey")}`}
      </p>
      {mayManage ? (
        <>
          <RoleForm user={name} />
          <Actions name={name} />
        </>
      ) : null}
    </article>
  );
}

interface HeldRoleProps {
  readonly user: string;
  readonly held: UserRole;
  readonly mayManage: boolean;
}

function HeldRole({ user, held: { role, app }, mayManage }: HeldRoleProps) {
  const change = useChange(["server", "users"]);
  const text = roleText({ role, app });
  const where = app === undefined ? {} : { app };
  const take = () =>
    change(
      send("POST", at`/users/${user}/roles`, { role: null, ...where }),
      `${user} is not ${text}`,
    );
  return (
    <Badge tone="quiet">
      {text}
      {mayManage ? (
        <button
          type="button"
          className="inline"
          aria-label={`Take away: ${text}`}
          onClick={() => void take()}
        >
          ×
        </button>
      ) : null}
    </Badge>
  );
}

function Actions({ name }: { readonly name: string }) {
  const change = useChange(["server", "users"]);
  const [link, setLink] = useState<string>();
  const reset = async () => {
    const made = send<InviteCreated>("POST", at`/users/${name}/reset`, {});
    if (await change(made, `There is a link for ${name}`)) setLink((await made).url);
  };
  return (
    <>
      <div className="row">
        <button type="button" className="button" onClick={() => void reset()}>
          Make a link for a new password
        </button>
        <AskFirst
          label="Remove"
          title={`Remove ${name}?`}
          action="Remove"
          isDanger
          onConfirm={() => void change(send("DELETE", at`/users/${name}`), `${name} is removed`)}
        >
          <p>All sessions and tokens of {name} end at once. Apps go on running.</p>
        </AskFirst>
      </div>
      {link === undefined ? null : (
        <div className="note good">
          <p>Give {name} this link. It works once, for three days, and is shown only now.</p>
          <CopyText text={link} label={`The link for ${name}`} />
        </div>
      )}
    </>
  );
}
