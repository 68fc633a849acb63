import type { RecoveryCodes, TotpSetup } from "@hop3/core/api";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { send } from "../../api.ts";
import { Badge } from "../badge.tsx";
import { CopyText } from "../copy.tsx";
import { Field } from "../field.tsx";
import { ErrorNote } from "../states.tsx";
import { useTell } from "../toast.tsx";

/** Codes of an authenticator app, asked for after the password. */
export function SecondFactor({ isOn }: { readonly isOn: boolean }) {
  const [setup, setSetup] = useState<TotpSetup>();
  const [codes, setCodes] = useState<readonly string[]>();
  const tell = useTell();
  const begin = async () => {
    try {
      setSetup(await send<TotpSetup>("POST", "/account/totp"));
    } catch (error) {
      tell.failed(error);
    }
  };
  return (
    <section className="card">
      <div className="row">
        <h2>Second factor</h2>
        <Badge tone={isOn ? "good" : "quiet"}>{isOn ? "on" : "off"}</Badge>
      </div>
      {codes === undefined ? null : <Codes codes={codes} />}
      {isOn ? <TurnOff /> : null}
      {isOn || setup !== undefined ? null : (
        <div>
          <button type="button" className="button" onClick={() => void begin()}>
            Set up an authenticator app
          </button>
        </div>
      )}
      {isOn || setup === undefined ? null : (
        <TurnOn
          setup={setup}
          onDone={(made) => {
            setCodes(made);
            setSetup(undefined);
          }}
        />
      )}
    </section>
  );
}

interface TurnOnProps {
  readonly setup: TotpSetup;
  readonly onDone: (codes: readonly string[]) => void;
}

function TurnOn({ setup, onDone }: TurnOnProps) {
  const [error, setError] = useState<unknown>();
  const queries = useQueryClient();
  const confirm = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setError(undefined);
    try {
      const { codes } = await send<RecoveryCodes>("PUT", "/account/totp", {
        secret: setup.secret,
        code: form.get("code"),
        password: form.get("password"),
      });
      onDone(codes);
      await queries.invalidateQueries({ queryKey: ["account"] });
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <form className="stack" onSubmit={(event) => void confirm(event)}>
      <p>Add this secret to your authenticator app, then type the code that it shows.</p>
      <CopyText label="Secret for the app" text={setup.secret} />
      <p className="small">
        On this device: <a href={setup.uri}>open the authenticator app</a>
      </p>
      {error === undefined ? null : <ErrorNote error={error} />}
      <div className="fields">
        <Field label="Code">
          <input name="code" inputMode="numeric" autoComplete="one-time-code" required />
        </Field>
        <Field label="Your password">
          <input name="password" type="password" autoComplete="current-password" required />
        </Field>
      </div>
      <div>
        <button type="submit" className="button primary">
          Turn on
        </button>
      </div>
    </form>
  );
}

function Codes({ codes }: { readonly codes: readonly string[] }) {
  return (
    <div className="note warn">
      <strong>Keep these recovery codes.</strong>
      <p>Each opens your account once without the app. They are shown only now.</p>
      <pre className="log">{codes.join("\n")}</pre>
    </div>
  );
}

function TurnOff() {
  const [error, setError] = useState<unknown>();
  const queries = useQueryClient();
  const tell = useTell();
  const turnOff = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const password = new FormData(event.currentTarget).get("password");
    setError(undefined);
    try {
      await send("DELETE", "/account/totp", { password });
      tell.done("The password alone is enough again");
      await queries.invalidateQueries({ queryKey: ["account"] });
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <form className="stack" onSubmit={(event) => void turnOff(event)}>
      {error === undefined ? null : <ErrorNote error={error} />}
      <div className="fields">
        <Field label="Password, to turn it off">
          <input name="password" type="password" autoComplete="current-password" required />
        </Field>
      </div>
      <div>
        <button type="submit" className="button">
          Turn off
        </button>
      </div>
    </form>
  );
}
