import type { PasskeyInfo } from "@hop3/core/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { at, get, send } from "../../api.ts";
import { Field } from "../field.tsx";
import { Answer, ErrorNote } from "../states.tsx";
import { Time } from "../time.tsx";
import { useTell } from "../toast.tsx";
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
  const queries = useQueryClient();
  const tell = useTell();
  const remove = async ({ id, name }: PasskeyInfo) => {
    try {
      await send("DELETE", at`/account/passkeys/${id}`);
      tell.done(`${name} opens nothing any more`);
    } catch (error) {
      tell.failed(error);
    }
    await queries.invalidateQueries({ queryKey: ["account"] });
  };
  if (passkeys.length === 0) return <p>There is none.</p>;
  return (
    <ul className="plain-list">
      {passkeys.map((passkey) => (
        <li key={passkey.id} className="row">
          <span>{passkey.name}</span>
          <span className="muted small">
            made <Time at={passkey.createdAt} />
            {passkey.lastUsedAt === undefined ? null : (
              <>
                , used <Time at={passkey.lastUsedAt} />
              </>
            )}
          </span>
          <button
            type="button"
            className="button plain"
            aria-label={`Remove ${passkey.name}`}
            onClick={() => void remove(passkey)}
          >
            Remove
          </button>
        </li>
      ))}
    </ul>
  );
}

function AddForm() {
  const [error, setError] = useState<unknown>();
  const queries = useQueryClient();
  const tell = useTell();
  const add = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    setError(undefined);
    try {
      const { name } = await addPasskey(
        String(data.get("name")).trim(),
        String(data.get("password")),
      );
      form.reset();
      tell.done(`${name} opens your account from now on`);
    } catch (failure) {
      setError(failure);
    }
    await queries.invalidateQueries({ queryKey: ["account"] });
  };
  return (
    <form className="stack" onSubmit={(event) => void add(event)}>
      {error === undefined ? null : <ErrorNote error={error} />}
      <div className="fields">
        <Field label="Name of this device" hint="So that you know it again in this list.">
          <input name="name" required maxLength={100} />
        </Field>
        <Field label="Your password">
          <input name="password" type="password" autoComplete="current-password" required />
        </Field>
      </div>
      <div>
        <button type="submit" className="button">
          Add a passkey
        </button>
      </div>
    </form>
  );
}
