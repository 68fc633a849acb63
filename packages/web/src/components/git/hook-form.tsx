import type { HookCreated } from "@hop3/core/api";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { at, send } from "../../api.ts";
import { useMay } from "../../session.tsx";
import { CopyText } from "../copy.tsx";
import { Field } from "../field.tsx";
import { Form, textOf } from "../forms/form.tsx";
import { ErrorNote } from "../states.tsx";

interface HookFormProps {
  readonly app: string;
  readonly branch: string;
}

/** Connects a repository at a forge: a push there is deployed here. */
export function HookForm({ app, branch }: HookFormProps) {
  const [made, setMade] = useState<HookCreated>();
  const [problem, setProblem] = useState<unknown>();
  const queries = useQueryClient();
  const may = useMay("app.configure", app);
  const connect = async (data: FormData) => {
    const [username, password] = [textOf(data, "username"), textOf(data, "credential")];
    // Forges take any name beside a token.
    const credential = { username: username === "" ? "git" : username, password };
    const body = {
      repository: textOf(data, "repository"),
      ...(password === "" ? {} : { credential }),
    };
    setProblem(undefined);
    const path = at`/apps/${app}/hooks`;
    const connected = await send<HookCreated>("POST", path, body);
    setMade(connected);
    // What it would fail with at the first push is better known now; a deploy key has to be entered first.
    if (connected.hook.ssh === undefined) {
      const check = send("POST", `${path}/${connected.hook.id}/test`);
      setProblem(await check.then(() => undefined).catch((failure: unknown) => failure));
    }
    await queries.invalidateQueries({ queryKey: ["app", app] });
  };
  if (!may) return null;
  return (
    <section className="card">
      <h2>Connect a repository</h2>
      <p className="muted">
        GitHub, GitLab, Gitea and Forgejo tell this server of each push; what is on {branch} is
        fetched and deployed.
      </p>
      {made === undefined ? null : <Made made={made} />}
      {problem === undefined ? null : <ErrorNote error={problem} />}
      <Form action="Connect" busyAction="Asking the repository…" onSubmit={connect}>
        <Field
          label="Address of the repository"
          hint="By https, or by SSH with a deploy key: git@forge.example.org:me/shop.git"
        >
          <input name="repository" required placeholder="https://forge.example.org/me/shop.git" />
        </Field>
        <details>
          <summary>It is not public, and read by https</summary>
          <div className="fields">
            <Field label="User" hint="Not needed beside a token.">
              <input name="username" autoComplete="off" />
            </Field>
            <Field label="Token or password" hint="It is kept encrypted; reading is enough.">
              <input name="credential" type="password" autoComplete="off" />
            </Field>
          </div>
        </details>
      </Form>
    </section>
  );
}

function Made({ made: { hook, secret } }: { readonly made: HookCreated }) {
  return (
    <div className="note good" role="status">
      <strong>What is left is done at the forge</strong>
      {hook.ssh === undefined ? null : (
        <>
          <p>Add this as a deploy key, so that the repository can be read:</p>
          <CopyText isNamed label="Deploy key" text={hook.ssh.deployKey} />
        </>
      )}
      <p>
        Add a webhook for pushes, of the content type application/json, with both of these. The
        secret is shown only now. The next push is the first that is deployed.
      </p>
      <CopyText isNamed label="Address of the webhook" text={hook.url} />
      <CopyText isNamed label="Secret of the webhook" text={secret} />
    </div>
  );
}
