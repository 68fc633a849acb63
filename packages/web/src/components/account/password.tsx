import { send } from "../../api.ts";
import { Field } from "../field.tsx";
import { Form } from "../forms/form.tsx";
import { PasswordField } from "../forms/password-field.tsx";
import { useTell } from "../toast.tsx";

export function PasswordForm() {
  const tell = useTell();
  const change = async (data: FormData) => {
    const body = { password: data.get("password"), next: data.get("next") };
    await send("POST", "/account/password", body);
    tell.done("The password is changed; other sessions have ended");
  };
  return (
    <Form title="Password" action="Change password" onSubmit={change}>
      <div className="fields">
        <PasswordField label="Present password" />
        <Field label="New password" hint="At least 10 characters.">
          <input name="next" type="password" autoComplete="new-password" minLength={10} required />
        </Field>
      </div>
    </Form>
  );
}
