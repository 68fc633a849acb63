import { type FormEvent, useState } from "react";
import { Field } from "../field.tsx";
import type { Draft } from "./draft.ts";
import { type EnvironmentText, readEnvironment } from "./environment-text.ts";

const nothing: EnvironmentText = { values: {}, problems: [] };

/** Many variables at once, as the text of a .env file. */
export function PasteForm({ onSet }: { readonly onSet: (values: Draft) => void }) {
  const [text, setText] = useState("");
  const { values, problems } = text.trim() === "" ? nothing : readEnvironment(text);
  const names = Object.keys(values);
  const isReady = names.length > 0 && problems.length === 0;
  const set = (event: FormEvent) => {
    event.preventDefault();
    onSet(values);
    setText("");
  };
  return (
    <details>
      <summary>Paste a .env file</summary>
      <form className="stack" onSubmit={set}>
        <Field
          label="Names and values"
          hint="NAME=value, one a line; quotes and # comments are understood."
          error={problems[0]}
        >
          <textarea
            className="code"
            rows={5}
            spellCheck={false}
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
        </Field>
        <div className="row">
          <button type="submit" className="button" disabled={!isReady}>
            Take these
          </button>
          {names.length === 0 ? null : <span className="muted small">{names.join(", ")}</span>}
        </div>
      </form>
    </details>
  );
}
