import type { InviteCreated, Role, UserInfo } from "@hop3/core/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { at, get, send } from "../api.ts";
import { Badge } from "../components/badge.tsx";
import { Confirm } from "../components/confirm.tsx";
import { CopyText } from "../components/copy.tsx";
import { Field } from "../components/field.tsx";
import { Page } from "../components/page.tsx";
import { Answer } from "../components/states.tsx";
import { Time } from "../components/time.tsx";
import { useTell } from "../components/toast.tsx";
import { useIdentity, useMay } from "../session.tsx";

const roles: readonly Role[] = ["viewer", "developer", "operator", "owner"];

export function UsersPage() {
  const mayManage = useMay("users.manage");
  const list = useQuery({
    queryKey: ["server", "users"],
    queryFn: () => get<{ users: UserInfo[] }>("/users"),
  });
  return (
    <Page title="Users">
      <Answer of={list}>
        {({ users }) => (
          <div className="stack">
            {users.map((user) => (
              <UserCard key={user.name} user={user} mayManage={mayManage} />
            ))}
          </div>
        )}
      </Answer>
      {mayManage ? <InviteForm /> : null}
    </Page>
  );
}

function useChange() {
  const queries = useQueryClient();
  const tell = useTell();
  return async (work: Promise<unknown>, text: string) => {
    try {
      await work;
      tell.done(text);
    } catch (error) {
      tell.failed(error);
    }
    await queries.invalidateQueries({ queryKey: ["server", "users"] });
  };
}

function UserCard({ user, mayManage }: { readonly user: UserInfo; readonly mayManage: boolean }) {
  const { name, roles: held, totp, passkeys, lastSignInAt } = user;
  const me = useIdentity();
  const change = useChange();
  const [isAsking, setAsking] = useState(false);
  const overall = held.find(({ app }) => app === undefined)?.role;
  return (
    <article className="card">
      <div className="row">
        <h2>{name}</h2>
        {me.user === name ? <Badge tone="accent">you</Badge> : null}
        {held.map(({ role, app }) => (
          <Badge key={`${role} ${app ?? ""}`} tone="quiet">
            {app === undefined ? `${role} of all apps` : `${role} of ${app}`}
          </Badge>
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
        {passkeys === 0 ? "" : ` · ${passkeys} passkeys`}
      </p>
      {mayManage ? (
        <div className="fields low">
          <Field label="Role for all apps">
            <select
              value={overall ?? ""}
              onChange={({ target }) =>
                void change(
                  send("POST", at`/users/${name}/roles`, {
                    role: roles.find((role) => role === target.value) ?? null,
                  }),
                  `The role of ${name} is changed`,
                )
              }
            >
              <option value="">none</option>
              {roles.map((role) => (
                <option key={role}>{role}</option>
              ))}
            </select>
          </Field>
          <button type="button" className="button danger" onClick={() => setAsking(true)}>
            Remove
          </button>
        </div>
      ) : null}
      {isAsking ? (
        <Confirm
          title={`Remove ${name}?`}
          action="Remove"
          isDanger
          onConfirm={() => void change(send("DELETE", at`/users/${name}`), `${name} is removed`)}
          onClose={() => setAsking(false)}
        >
          <p>All sessions and tokens of {name} end at once. Apps go on running.</p>
        </Confirm>
      ) : null}
    </article>
  );
}

function InviteForm() {
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("developer");
  const [app, setApp] = useState("");
  const [link, setLink] = useState<string>();
  const tell = useTell();
  const invite = async (event: FormEvent) => {
    event.preventDefault();
    const where = app.trim() === "" ? {} : { app: app.trim() };
    try {
      const { url } = await send<InviteCreated>("POST", "/invites", {
        name: name.trim(),
        roles: [{ role, ...where }],
      });
      setLink(url);
      setName("");
    } catch (error) {
      tell.failed(error);
    }
  };
  return (
    <form className="card" onSubmit={(event) => void invite(event)}>
      <h2>Invite somebody</h2>
      <div className="fields">
        <Field label="Name">
          <input value={name} required onChange={({ target }) => setName(target.value)} />
        </Field>
        <Field label="Role">
          <select
            value={role}
            onChange={({ target }) =>
              setRole(roles.find((each) => each === target.value) ?? "viewer")
            }
          >
            {roles.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </Field>
        <Field label="App" hint="Empty: all apps">
          <input value={app} onChange={({ target }) => setApp(target.value)} />
        </Field>
      </div>
      <div>
        <button type="submit" className="button primary" disabled={name.trim() === ""}>
          Make a link
        </button>
      </div>
      {link === undefined ? null : (
        <div className="note good">
          <p>Give them this link. It works once, for three days, and is shown only now.</p>
          <CopyText text={link} label="The link" />
        </div>
      )}
    </form>
  );
}
