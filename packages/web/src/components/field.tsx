import { cloneElement, type ReactElement, useId } from "react";

interface FieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  /** One input, select or textarea; it gets its id here. */
  readonly children: ReactElement<{
    id?: string;
    "aria-describedby"?: string;
    "aria-invalid"?: boolean;
  }>;
}

export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId();
  const about =
    hint === undefined && error === undefined ? {} : { "aria-describedby": `${id}-about` };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {cloneElement(children, {
        id,
        ...about,
        ...(error === undefined ? {} : { "aria-invalid": true }),
      })}
      {error === undefined ? null : (
        <span id={`${id}-about`} className="error">
          {error}
        </span>
      )}
      {error !== undefined || hint === undefined ? null : (
        <span id={`${id}-about`} className="hint">
          {hint}
        </span>
      )}
    </div>
  );
}
