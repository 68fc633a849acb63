import { Field } from "../field.tsx";

/** The password of whoever is signed in, which what matters most asks for again. */
export function PasswordField({ label = "Your password" }: { readonly label?: string }) {
  return (
    <Field label={label}>
      <input name="password" type="password" autoComplete="current-password" required />
    </Field>
  );
}
