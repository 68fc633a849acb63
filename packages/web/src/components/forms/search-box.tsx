interface SearchBoxProps {
  /** For those who do not see what it stands above. */
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  /** What was found, told as it changes. */
  readonly found: string;
}

/** Narrows what is shown below it. */
export function SearchBox({ label, value, onChange, found }: SearchBoxProps) {
  return (
    <label className="row">
      <span className="visually-hidden">{label}</span>
      <input
        type="search"
        placeholder="Search"
        value={value}
        onChange={({ target }) => onChange(target.value)}
      />
      <span className="muted small" role="status">
        {found}
      </span>
    </label>
  );
}
