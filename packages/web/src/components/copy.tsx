import { useTell } from "./toast.tsx";

/** A text to take away: selected by a click, copied by the button. */
export function CopyText({ text, label }: { readonly text: string; readonly label: string }) {
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
    <div className="row">
      <input
        readOnly
        aria-label={label}
        className="mono grow"
        value={text}
        onFocus={({ target }) => target.select()}
      />
      <button type="button" className="button" onClick={() => void copy()}>
        Copy
      </button>
    </div>
  );
}
