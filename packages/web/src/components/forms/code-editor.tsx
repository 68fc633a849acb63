interface CodeEditorProps {
  readonly value: string;
  readonly onChange: (text: string) => void;
  /** Counted from 1. */
  readonly badLine?: number | undefined;
  /** Both come from the field around it. */
  readonly id?: string;
  readonly "aria-describedby"?: string;
}

const fewestLines = 12;

/** A text with the numbers of its lines; it grows with what is written. */
export function CodeEditor({ value, onChange, badLine, ...field }: CodeEditorProps) {
  const count = Math.max(value.split("\n").length, fewestLines);
  return (
    <div className="editor">
      <ol aria-hidden="true">
        {Array.from({ length: count }, (_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line has nothing but its number
          <li key={index} className={index + 1 === badLine ? "bad" : undefined}>
            {index + 1}
          </li>
        ))}
      </ol>
      <textarea
        {...field}
        className="code"
        rows={count}
        wrap="off"
        spellCheck={false}
        autoCapitalize="off"
        value={value}
        onChange={({ target }) => onChange(target.value)}
      />
    </div>
  );
}
