import { useTell } from "./toast.tsx";

interface CopyTextProps {
  readonly text: string;
  readonly label: string;
  /** Whether the label is to be seen: where what stands before it does not say what it is. */
  readonly isNamed?: boolean;
}

/** A text to take away: selected by a click, copied by the button. */
export function CopyText({ text, label, isNamed = false }: CopyTextProps) {
  const tell = useTell();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      tell.done("Copied");
    } catch {
      // Without TLS browsers refuse it; the text can still be selected.
      tell.failed(new Error("The browser does not let this page copy; select the text instead"));
    }
  };
  return (
    <div className="stack tight">
      {isNamed ? (
        <span className="small strong" aria-hidden="true">
          {label}
        </span>
      ) : null}
      <div className="copy">
        <input
          readOnly
          aria-label={label}
          className="mono"
          value={text}
          onFocus={({ target }) => target.select()}
        />
        <button type="button" className="button" onClick={() => void copy()}>
          Copy
        </button>
      </div>
    </div>
  );
}
