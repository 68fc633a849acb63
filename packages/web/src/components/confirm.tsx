import { type ReactNode, useEffect, useId, useRef, useState } from "react";

interface ConfirmProps {
  readonly title: string;
  /** What is about to happen, and whether it can be undone. */
  readonly children: ReactNode;
  readonly action: string;
  readonly isDanger?: boolean;
  /** Has to be typed first. */
  readonly typed?: string;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before something that cannot be undone; Escape closes it. */
export function Confirm(props: ConfirmProps) {
  const { title, children, action, isDanger = false, typed, onConfirm, onClose } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState("");
  const id = useId();
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          onConfirm();
          dialog.current?.close();
        }}
      >
        <h2 id={id}>{title}</h2>
        {children}
        {typed === undefined ? null : (
          <label className="field">
            <span className="label">
              Type <code>{typed}</code> to go on
            </span>
            <input
              value={text}
              autoComplete="off"
              onChange={({ target }) => setText(target.value)}
            />
          </label>
        )}
        <div className="row">
          <button
            type="submit"
            className={`button ${isDanger ? "danger" : "primary"}`}
            disabled={typed !== undefined && text !== typed}
          >
            {action}
          </button>
          <button type="button" className="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
        </div>
      </form>
    </dialog>
  );
}
