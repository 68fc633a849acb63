import type { HookCreated } from "@hop3/core/api";
import { type FormEvent, useState } from "react";
import { at, send } from "../../api.ts";
import { useMay } from "../../session.tsx";
import { CopyText } from "../copy.tsx";
import { Field } from "../field.tsx";
import { ErrorNote } from "../states.tsx";

interface ForgeHookProps {
  readonly app: string;
  readonly branch: string;
}

/** Connects a repository at a forge: a push there is deployed here. */
export function ForgeHook({ app, branch }: ForgeHookProps) {
  const [made, setMade] = useState<HookCreated>();
  const [error, setError] = useState<unknown>();
  const may = useMay("app.configure", app);
  const connect = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setError(undefined);
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? "").trim();
    const username = text("username");
    const credential = { username, password: text("credential") };
    const body = { repository: text("repository"), ...(username === "" ? {} : { credential }) };
    try {
      setMade(await send<HookCreated>("POST", at`/apps/${app}/hooks`, body));
    } catch (failure) {
      setError(failure);
    }
  };
  if (!may) return null;
  return (
    <form className="card" onSubmit={(event) => void connect(event)}>
      <h2>Or connect it at a forge</h2>
      <p className="muted">
        GitHub, GitLab, Gitea and Forgejo tell this server of each push; what is on {branch} is
        fetched and deployed.
      </p>
      <Field label="Address of the repository">
        <input
          name="repository"
          type="url"
          required
          placeholder="https://forge.example.org/me/shop.git"
        />
      </Field>
      <div className="fields">
        <Field label="User" hint="Only if it is not public.">
          <input name="username" autoComplete="off" />
        </Field>
        <Field label="Token or password" hint="It is kept encrypted.">
          <input name="credential" type="password" autoComplete="off" />
        </Field>
      </div>
      {error === undefined ? null : <ErrorNote error={error} />}
      <div>
        <button type="submit" className="button">
          Connect
        </button>
      </div>
      {made === undefined ? null : (
        <div className="note good">
          <p>Enter both as a webhook for pushes at the forge. The secret is shown only now.</p>
          <CopyText label="Address of the webhook" text={made.hook.url} />
          <CopyText label="Secret of the webhook" text={made.secret} />
        </div>
      )}
    </form>
  );
}
