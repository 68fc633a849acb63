import { useState } from "react";

const choices = ["system", "light", "dark"] as const;
type Choice = (typeof choices)[number];
const key = "hop3-theme";

function apply(choice: Choice): void {
  const { dataset } = document.documentElement;
  if (choice === "system") delete dataset["theme"];
  else dataset["theme"] = choice;
}

function stored(): Choice {
  const value = localStorage.getItem(key);
  return choices.find((choice) => choice === value) ?? "system";
}

apply(stored());

export function ThemeChoice() {
  const [choice, setChoice] = useState(stored);
  return (
    <label className="row small">
      <span className="muted">Theme</span>
      <select
        value={choice}
        onChange={({ target }) => {
          const next = choices.find((each) => each === target.value) ?? "system";
          localStorage.setItem(key, next);
          apply(next);
          setChoice(next);
        }}
      >
        {choices.map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
    </label>
  );
}
