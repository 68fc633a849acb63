import { type ReactNode, useState } from "react";
import { Confirm } from "./confirm.tsx";

interface AskFirstProps {
  /** What the button says. */
  readonly label: string;
  /** Of a row of like buttons, which one this is: for those who do not see the row. */
  readonly fullLabel?: string;
  readonly isPlain?: boolean;
  readonly isDisabled?: boolean;
  readonly title: string;
  /** What the button of the question says. */
  readonly action: string;
  readonly isDanger?: boolean;
  /** Has to be typed first. */
  readonly typed?: string;
  readonly onConfirm: () => void;
  /** What is about to happen, and whether it can be undone. */
  readonly children: ReactNode;
}

/** A button that asks before it does anything. */
export function AskFirst({ label, fullLabel, isPlain = false, isDisabled, ...ask }: AskFirstProps) {
  const [isAsking, setAsking] = useState(false);
  const kind = ask.isDanger === true ? "danger" : "";
  return (
    <>
      <button
        type="button"
        className={`button ${isPlain ? "plain" : kind}`}
        aria-label={fullLabel}
        disabled={isDisabled}
        onClick={() => setAsking(true)}
      >
        {label}
      </button>
      {isAsking ? <Confirm {...ask} onClose={() => setAsking(false)} /> : null}
    </>
  );
}
