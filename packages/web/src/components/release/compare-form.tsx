import { type FormEvent, useState } from "react";
import { useLocation } from "wouter";
import { at } from "../../api.ts";

interface CompareFormProps {
  readonly app: string;
  /** Newest first, at least two. */
  readonly numbers: readonly number[];
  /** What to begin with; else the newest two. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Chooses any two Releases. */
export function CompareForm({ app, numbers, from, to }: CompareFormProps) {
  const [before, setBefore] = useState(from ?? numbers[1] ?? 1);
  const [after, setAfter] = useState(to ?? numbers[0] ?? 1);
  const [, go] = useLocation();
  const compare = (event: FormEvent) => {
    event.preventDefault();
    go(at`/apps/${app}/releases/${before}/compare/${after}`);
  };
  return (
    <form className="row" onSubmit={compare}>
      <Choice label="What changed from" value={before} numbers={numbers} onChange={setBefore} />
      <Choice label="to" value={after} numbers={numbers} onChange={setAfter} />
      <button type="submit" className="button" disabled={before === after}>
        Compare
      </button>
    </form>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: number;
  readonly numbers: readonly number[];
  readonly onChange: (value: number) => void;
}

function Choice({ label, value, numbers, onChange }: ChoiceProps) {
  return (
    <label className="row small">
      {label}
      <select value={value} onChange={({ target }) => onChange(Number(target.value))}>
        {numbers.map((number) => (
          <option key={number} value={number}>
            release {number}
          </option>
        ))}
      </select>
    </label>
  );
}
