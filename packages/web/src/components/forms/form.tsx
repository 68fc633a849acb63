import { type FormEvent, type ReactNode, useState } from "react";
import { ErrorNote } from "../states.tsx";

interface FormProps {
  /** Makes it a card of its own, under this heading. */
  readonly title?: string;
  /** What its button says. */
  readonly action: string;
  /** What the button says meanwhile. */
  readonly busyAction?: string;
  readonly isPrimary?: boolean;
  readonly isReady?: boolean;
  /** What it throws is shown above the button; otherwise the fields are emptied. */
  readonly onSubmit: (data: FormData) => Promise<void>;
  readonly children: ReactNode;
  /** Beside the button. */
  readonly beside?: ReactNode;
}

/** Fields with one button: it waits for the answer, and shows what was refused. */
export function Form(props: FormProps) {
  const { title, action, busyAction = action, isPrimary = false, isReady = true } = props;
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    setBusy(true);
    setError(undefined);
    try {
      await props.onSubmit(new FormData(form));
      form.reset();
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };
  return (
    <form
      className={title === undefined ? "stack" : "card"}
      onSubmit={(event) => void submit(event)}
    >
      {title === undefined ? null : <h2>{title}</h2>}
      {props.children}
      {error === undefined ? null : <ErrorNote error={error} />}
      <div className="row">
        <button
          type="submit"
          className={isPrimary ? "button primary" : "button"}
          disabled={isBusy || !isReady}
        >
          {isBusy ? busyAction : action}
        </button>
        {props.beside}
      </div>
    </form>
  );
}

/** What was typed into a field, without blanks at its ends. */
export function textOf(data: FormData, name: string): string {
  return String(data.get(name) ?? "").trim();
}
