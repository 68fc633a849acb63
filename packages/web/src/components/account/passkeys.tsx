import type { PasskeyInfo } from "@hop3/core/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { at, get, send } from "../../api.ts";
import { Field } from "../field.tsx";
import { Form, textOf } from "../forms/form.tsx";
import { PasswordField } from "../forms/password-field.tsx";
import { Answer } from "../states.tsx";
import { Time } from "../time.tsx";
import { useTell } from "../toast.tsx";
import { useChange } from "../use-change.tsx";
import { HeldItem } from "./held-item.tsx";
import { addPasskey, whyNoPasskeys } from "./passkey.ts";

/** Keys of devices that open the account without its password. */
export function AccountPasskeys() {
  const list = useQuery({
    queryKey: ["account", "passkeys"],
    queryFn: () => get<{ passkeys: PasskeyInfo[] }>("/account/passkeys"),
  });
  const reason = whyNoPasskeys();
  return (
    <section className="card">
      <h2>Passkeys</h2>
      <p className="muted">
        A device signs you in without the password, once it knows you by finger, face or PIN.
      </p>
      <Answer of={list}>{({ passkeys }) => <Passkeys passkeys={passkeys} />}</Answer>
      {reason === undefined ? <AddForm /> : <p className="muted small">{reason}</p>}
    </section>
  );
}

function Passkeys({ passkeys }: { readonly passkeys: readonly PasskeyInfo[] }) {
  const change = useChange(["account"]);
  if (passkeys.length === 0) return <p>There is none.</p>;
  return (
    <ul className="plain-list">
      {passkeys.map(({ id, name, createdAt, lastUsedAt }) => (
        <HeldItem
          key={id}
          name={name}
          action="Remove"
          onTakeAway={() =>
            void change(
              send("DELETE", at`/account/passkeys/${id}`),
              `${name} opens nothing any more`,
            )
          }
        >
          made <Time at={createdAt} />
          {lastUsedAt === undefined ? null : (
            <>
              , used <Time at={lastUsedAt} />
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
    const { name } = await addPasskey(textOf(data, "name"), String(data.get("password")));
    tell.done(`${name} opens your account from now on`);
    await queries.invalidateQueries({ queryKey: ["account"] });
  };
  return (
    <Form action="Add a passkey" onSubmit={add}>
      <div className="fields">
        <Field label="Name of this device" hint="So that you know it again in this list.">
          <input name="name" required maxLength={100} />
        </Field>
        <PasswordField />
      </div>
    </Form>
  );
}
