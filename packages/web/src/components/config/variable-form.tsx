import { isVariableName } from "@hop3/core/base";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { Field } from "../field.tsx";

interface VariableFormProps {
  /** What to begin with; an empty name for a new one. */
  readonly name: string;
  readonly value: string;
  readonly onSet: (name: string, value: string) => void;
  /** Leaves a variable as it is. */
  readonly onCancel: () => void;
}

/** One variable. It is not stored before the changes are. */
export function VariableForm({ name, value, onSet, onCancel }: VariableFormProps) {
  const [key, setKey] = useState(name);
  const [text, setText] = useState(value);
  const [isTouched, setTouched] = useState(false);
  const nameField = useRef<HTMLInputElement>(null);
  const valueField = useRef<HTMLTextAreaElement>(null);
  const isNew = name === "";
  useEffect(() => {
    if (!isNew) valueField.current?.focus();
  }, [isNew]);
  const isGood = isVariableName(key);
  const set = (event: FormEvent) => {
    event.preventDefault();
    setTouched(true);
    if (!isGood) return;
    onSet(key, text);
    setKey("");
    setText("");
    setTouched(false);
    // The next one; what was changed is closed.
    nameField.current?.focus();
  };
  return (
    <form className="fields variable" onSubmit={set}>
      <Field label="Name" error={isTouched && !isGood ? nameRule : undefined}>
        <input
          ref={nameField}
          className="mono"
          value={key}
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          placeholder="DATABASE_URL"
          onChange={({ target }) => setKey(target.value.trim())}
          onBlur={() => setTouched(key !== "")}
        />
      </Field>
      <Field label="Value">
        <textarea
          ref={valueField}
          className="code"
          rows={Math.min(text.split("\n").length, 8)}
          spellCheck={false}
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
      </Field>
      <div className="row">
        <button type="submit" className="button" disabled={key === ""}>
          {isNew ? "Add" : "Change"}
        </button>
        {isNew ? null : (
          <button type="button" className="button plain" onClick={onCancel}>
            Cancel
          </button>
        )}
      </div>
    </form>
  );
}

const nameRule = "Letters, digits and _, not a digit first.";
