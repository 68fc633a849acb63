import type { ReceiverCreated, ReceiverInfo } from "@hop3/core/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { get, send } from "../../api.ts";
import { useMay } from "../../session.tsx";
import { CopyText } from "../copy.tsx";
import { Field } from "../field.tsx";
import { Form, textOf } from "../forms/form.tsx";
import { Answer } from "../states.tsx";
import { aboutApp, ReceiverItem } from "./receiver-item.tsx";

interface ReceiversProps {
  /** Without it: whoever is told of all apps. */
  readonly app?: string;
}

/** Programs that are told when a deployment is live, fails or is cancelled. */
export function Receivers({ app }: ReceiversProps) {
  const may = useMay("app.configure", app);
  const queryKey = app === undefined ? ["server", "notify"] : ["app", app, "notify"];
  const list = useQuery({
    queryKey,
    queryFn: () => get<{ receivers: ReceiverInfo[] }>("/notify", { app }),
    enabled: may,
    // Trying again is no event.
    refetchInterval: 10_000,
  });
  if (!may) return null;
  return (
    <section className="card">
      <h2>Notifications</h2>
      <p className="muted">
        An address that gets a signed POST when a deployment of {app ?? "any app"} is live, fails or
        is cancelled. <a href="/docs/guides/webhooks.html">What is sent</a>
      </p>
      <Answer of={list}>
        {({ receivers }) =>
          receivers.map((receiver) => (
            <ReceiverItem key={receiver.id} app={app} receiver={receiver} queryKey={queryKey} />
          ))
        }
      </Answer>
      <AddForm app={app} queryKey={queryKey} />
    </section>
  );
}

interface AddFormProps {
  readonly app: string | undefined;
  readonly queryKey: readonly string[];
}

function AddForm({ app, queryKey }: AddFormProps) {
  const [made, setMade] = useState<ReceiverCreated>();
  const queries = useQueryClient();
  const add = async (data: FormData) => {
    const body = { url: textOf(data, "url") };
    setMade(await send<ReceiverCreated>("POST", `/notify${aboutApp(app)}`, body));
    await queries.invalidateQueries({ queryKey });
  };
  return (
    <>
      {made === undefined ? null : (
        <div className="note good" role="status">
          <p>
            {made.receiver.url} is told from now on. What is sent is signed with this secret, which
            is shown only now.
          </p>
          <CopyText isNamed label="Secret of the notifications" text={made.secret} />
        </div>
      )}
      <Form action="Add" onSubmit={add}>
        <Field label="Address to tell">
          <input name="url" type="url" required placeholder="https://chat.example.org/hook" />
        </Field>
      </Form>
    </>
  );
}
