import { type FormEvent, useState } from "react";
import { send } from "../api.ts";
import { Field } from "../components/field.tsx";
import { ErrorNote } from "../components/states.tsx";

/** The way in for whoever has no session. */
export function SignInPage({ onDone }: { readonly onDone: () => void }) {
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setError(undefined);
    try {
      await send("POST", "/sign-in", { name: form.get("name"), password: form.get("password") });
      onDone();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="gate">
      <form className="card" onSubmit={(event) => void submit(event)}>
        <h1>Sign in to Hop3</h1>
        {error === undefined ? null : <ErrorNote error={error} />}
        <Field label="Name">
          <input name="name" autoComplete="username" required />
        </Field>
        <Field label="Password">
          <input name="password" type="password" autoComplete="current-password" required />
        </Field>
        <button type="submit" className="button primary" disabled={isBusy}>
          Sign in
        </button>
      </form>
    </div>
  );
}
