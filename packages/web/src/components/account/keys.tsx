import type { SshKeyInfo } from "@hop3/core/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { at, get, send } from "../../api.ts";
import { useIdentity } from "../../session.tsx";
import { Field } from "../field.tsx";
import { Form, textOf } from "../forms/form.tsx";
import { Answer } from "../states.tsx";
import { Time } from "../time.tsx";
import { useTell } from "../toast.tsx";
import { useChange } from "../use-change.tsx";
import { HeldItem } from "./held-item.tsx";

/** Public keys that open git over SSH. */
export function AccountKeys() {
  const { user } = useIdentity();
  const list = useQuery({
    queryKey: ["account", "keys"],
    queryFn: () => get<{ keys: SshKeyInfo[] }>("/keys"),
  });
  return (
    <section className="card">
      <h2>SSH keys</h2>
      <p className="muted">For git push over SSH, without a password.</p>
      {/* Whoever manages users is told of everybody's. */}
      <Answer of={list}>
        {({ keys }) => <Keys keys={keys.filter((key) => key.user === user)} />}
      </Answer>
      <AddForm />
    </section>
  );
}

function Keys({ keys }: { readonly keys: readonly SshKeyInfo[] }) {
  const change = useChange(["account", "keys"]);
  if (keys.length === 0) return <p>There is none.</p>;
  return (
    <ul className="plain-list">
      {keys.map(({ fingerprint, name, lastUsedAt }) => (
        <HeldItem
          key={fingerprint}
          name={name}
          action="Remove"
          onTakeAway={() =>
            void change(send("DELETE", at`/keys/${fingerprint}`), `${name} opens nothing any more`)
          }
        >
          <span className="mono break">{fingerprint}</span>,{" "}
          {lastUsedAt === undefined ? (
            "never used"
          ) : (
            <>
              used <Time at={lastUsedAt} />
            </>
          )}
        </HeldItem>
      ))}
    </ul>
  );
}

function AddForm() {
  const queries = useQueryClient();
  const tell = useTell();
  const add = async (data: FormData) => {
    const { name } = await send<SshKeyInfo>("POST", "/keys", { key: textOf(data, "key") });
    tell.done(`${name} opens git over SSH from now on`);
    await queries.invalidateQueries({ queryKey: ["account", "keys"] });
  };
  return (
    <Form action="Add a key" onSubmit={add}>
      <Field label="Public key" hint="The one line of a .pub file, such as ~/.ssh/id_ed25519.pub.">
        <textarea name="key" className="code" rows={2} required spellCheck={false} />
      </Field>
    </Form>
  );
}
