import type { RecipeQuestion } from "@hop3/core/api";
import { Field } from "../field.tsx";

interface RecipeFieldProps {
  readonly question: RecipeQuestion;
  readonly value: string | boolean;
  readonly onChange: (value: string | boolean) => void;
}

/** One question of a recipe, as the kind of field that its type wants. */
export function RecipeField({ question, value, onChange }: RecipeFieldProps) {
  const { type, label, help, required } = question;
  if (type === "boolean") {
    return (
      <label className="row">
        <input
          type="checkbox"
          checked={value === true}
          onChange={({ target }) => onChange(target.checked)}
        />
        <span>
          {label}
          {help === undefined ? null : <span className="muted small"> {help}</span>}
        </span>
      </label>
    );
  }
  return (
    <Field label={label} hint={hintOf(question)}>
      {type === "choice" ? (
        <select
          value={String(value)}
          required={required}
          onChange={({ target }) => onChange(target.value)}
        >
          {value === "" ? <option value="">Choose one</option> : null}
          {question.choices?.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      ) : (
        <input
          {...attributesOf(question)}
          value={String(value)}
          required={required}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
    </Field>
  );
}

function hintOf({ help, generated, required, default: known }: RecipeQuestion) {
  const made = generated ? "left empty, one is made for you" : undefined;
  const optional = required || generated || known !== undefined ? undefined : "optional";
  const hints = [help?.replace(/\.$/, ""), made ?? optional].filter((part) => part !== undefined);
  const text = hints.join("; ");
  return text === "" ? undefined : `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

function attributesOf({ type, min, max }: RecipeQuestion) {
  if (type === "number") return { type, min, max, step: "any" } as const;
  if (type === "password") return { type, autoComplete: "new-password" } as const;
  if (type === "email") return { type } as const;
  if (type === "domain") return { type: "text", placeholder: "wiki.example.org" } as const;
  return { type: "text" } as const;
}
