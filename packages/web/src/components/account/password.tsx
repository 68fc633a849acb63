import { type FormEvent, useState } from "react";
import { send } from "../../api.ts";
import { Field } from "../field.tsx";
import { ErrorNote } from "../states.tsx";
import { useTell } from "../toast.tsx";

export function PasswordForm() {
  const [error, setError] = useState<unknown>();
  const tell = useTell();
  const change = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    setError(undefined);
    try {
      await send("POST", "/account/password", {
        password: data.get("current"),
        next: data.get("next"),
      });
      form.reset();
      tell.done("The password is changed; other sessions have ended");
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <form className="card" onSubmit={(event) => void change(event)}>
      <h2>Password</h2>
      {error === undefined ? null : <ErrorNote error={error} />}
      <div className="fields">
        <Field label="Present password">
          <input name="current" type="password" autoComplete="current-password" required />
        </Field>
        <Field label="New password" hint="At least 10 characters.">
          <input name="next" type="password" autoComplete="new-password" minLength={10} required />
        </Field>
      </div>
      <div>
        <button type="submit" className="button">
          Change password
        </button>
      </div>
    </form>
  );
}
