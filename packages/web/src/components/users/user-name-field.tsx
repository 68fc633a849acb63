import { Field } from "../field.tsx";

interface UserNameFieldProps {
  /** `username` where it is the reader's own. */
  readonly autoComplete: "username" | "off";
}

/** The name of an account that is yet to be made. */
export function UserNameField({ autoComplete }: UserNameFieldProps) {
  return (
    <Field label="Name" hint="Lower case letters, digits and . _ @ + -">
      <input
        name="name"
        required
        maxLength={64}
        pattern="[a-z0-9](?:[a-z0-9._@+\-]*[a-z0-9])?"
        title="Lower case letters and digits, with . _ @ + - between them"
        autoCapitalize="none"
        autoComplete={autoComplete}
        spellCheck={false}
      />
    </Field>
  );
}
