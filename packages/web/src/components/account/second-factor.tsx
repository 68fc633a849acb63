import type { RecoveryCodes, TotpSetup } from "@hop3/core/api";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { send } from "../../api.ts";
import { Badge } from "../badge.tsx";
import { CopyText } from "../copy.tsx";
import { Field } from "../field.tsx";
import { focusOn } from "../focus.ts";
import { Form } from "../forms/form.tsx";
import { PasswordField } from "../forms/password-field.tsx";
import { useTell } from "../toast.tsx";
import { QrCode } from "./qr-code.tsx";

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
      <p className="muted">
        A code from an app on your phone, asked for after the password: whoever learns the password
        alone does not get in.
      </p>
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

function TurnOn({ setup: { secret, uri }, onDone }: TurnOnProps) {
  const queries = useQueryClient();
  const confirm = async (data: FormData) => {
    const body = { secret, code: data.get("code"), password: data.get("password") };
    const { codes } = await send<RecoveryCodes>("PUT", "/account/totp", body);
    onDone(codes);
    await queries.invalidateQueries({ queryKey: ["account"] });
  };
  return (
    <Form action="Turn on" isPrimary onSubmit={confirm}>
      <p>Scan this with your authenticator app, then type the code that it shows.</p>
      <QrCode text={uri} label="The secret for an authenticator app" />
      <p className="small">
        No camera? Type the secret, or <a href={uri}>open the app on this device</a>.
      </p>
      <CopyText label="Secret for the app" text={secret} />
      <div className="fields">
        <Field label="Code">
          <input
            ref={focusOn}
            name="code"
            inputMode="numeric"
            autoComplete="one-time-code"
            required
          />
        </Field>
        <PasswordField />
      </div>
    </Form>
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
  const queries = useQueryClient();
  const tell = useTell();
  const turnOff = async (data: FormData) => {
    await send("DELETE", "/account/totp", { password: data.get("password") });
    tell.done("The password alone is enough again");
    await queries.invalidateQueries({ queryKey: ["account"] });
  };
  return (
    <Form action="Turn off" onSubmit={turnOff}>
      <PasswordField label="Password, to turn it off" />
    </Form>
  );
}
