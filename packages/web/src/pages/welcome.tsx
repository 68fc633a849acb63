import type { InviteInfo, UserInfo } from "@hop3/core/api";
import { type FormEvent, useEffect, useState } from "react";
import { send } from "../api.ts";
import { Field } from "../components/field.tsx";
import { ErrorNote, Loading } from "../components/states.tsx";
import { UserNameField } from "../components/users/user-name-field.tsx";

const headings: Readonly<Record<InviteInfo["kind"], string>> = {
  first: "Welcome to Hop3",
  invite: "You are invited",
  reset: "Choose a new password",
};

/** Where a one-time link leads. Its secret stands behind the #, so that no server on the way sees it. */
export function WelcomePage({ onDone }: { readonly onDone: () => void }) {
  const [secret] = useState(() => window.location.hash.slice(1));
  const [invite, setInvite] = useState<InviteInfo>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    // What was shown once shall not be found in the history.
    window.history.replaceState(null, "", "/welcome");
    send<InviteInfo>("POST", "/sign-in/invite", { secret }).then(setInvite, setError);
  }, [secret]);
  if (invite !== undefined) return <AcceptForm invite={invite} secret={secret} onDone={onDone} />;
  return (
    <div className="gate">
      <main className="card">
        <h1>Hop3</h1>
        {error === undefined ? <Loading /> : <ErrorNote error={error} />}
        <a href="/" className="button">
          To the sign-in
        </a>
      </main>
    </div>
  );
}

interface AcceptProps {
  readonly invite: InviteInfo;
  readonly secret: string;
  readonly onDone: () => void;
}

function AcceptForm({ invite, secret, onDone }: AcceptProps) {
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const accept = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const password = form.get("password");
    setBusy(true);
    setError(undefined);
    try {
      const name = invite.name ?? form.get("name");
      const user = await send<UserInfo>("POST", "/sign-in/accept", { secret, name, password });
      await send("POST", "/sign-in", { name: user.name, password });
      onDone();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="gate">
      <main className="card">
        <form className="stack" onSubmit={(event) => void accept(event)}>
          <h1>{headings[invite.kind]}</h1>
          <p className="muted">
            {invite.kind === "first"
              ? "This server has no account yet. Yours will be its owner."
              : `You sign in as ${invite.name ?? "whom you choose"}.`}
          </p>
          {error === undefined ? null : <ErrorNote error={error} />}
          {invite.name === undefined ? <UserNameField autoComplete="username" /> : null}
          <Field label="Password" hint="At least 10 characters.">
            <input
              name="password"
              type="password"
              autoComplete="new-password"
              minLength={10}
              required
            />
          </Field>
          <button type="submit" className="button primary" disabled={isBusy}>
            Go on
          </button>
        </form>
      </main>
    </div>
  );
}
