import { type FormEvent, useState } from "react";
import { ApiError, send } from "../api.ts";
import { signInWithPasskey, whyNoPasskeys } from "../components/account/passkey.ts";
import { Field } from "../components/field.tsx";
import { focusOn } from "../components/focus.ts";
import { ErrorNote } from "../components/states.tsx";

/** The way in for whoever has no session. */
export function SignInPage({ onDone }: { readonly onDone: () => void }) {
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const [needsCode, setNeedsCode] = useState(false);
  const enterByPasskey = async () => {
    setError(undefined);
    try {
      await signInWithPasskey();
      onDone();
    } catch (failure) {
      setError(failure);
    }
  };
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const code = String(form.get("code") ?? "").replaceAll(" ", "");
    setBusy(true);
    setError(undefined);
    try {
      await send("POST", "/sign-in", {
        name: form.get("name"),
        password: form.get("password"),
        ...(code === "" ? {} : { code }),
      });
      onDone();
    } catch (failure) {
      const isFirstStep =
        failure instanceof ApiError && failure.problem.code === "SECOND_FACTOR_NEEDED";
      setNeedsCode(needsCode || isFirstStep);
      setError(isFirstStep ? undefined : failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="gate">
      <main className="card">
        <form className="stack" onSubmit={(event) => void submit(event)}>
          <h1>Sign in to Hop3</h1>
          {error === undefined ? null : <ErrorNote error={error} />}
          <Field label="Name">
            <input name="name" autoComplete="username" required />
          </Field>
          <Field label="Password">
            <input name="password" type="password" autoComplete="current-password" required />
          </Field>
          {needsCode ? (
            <Field label="Code" hint="From your authenticator app, or one of your recovery codes.">
              <input
                ref={focusOn}
                name="code"
                autoComplete="one-time-code"
                autoCapitalize="none"
                required
              />
            </Field>
          ) : null}
          <button type="submit" className="button primary" disabled={isBusy}>
            Sign in
          </button>
          {whyNoPasskeys() === undefined ? (
            <button type="button" className="button" onClick={() => void enterByPasskey()}>
              Use a passkey
            </button>
          ) : null}
        </form>
      </main>
    </div>
  );
}
