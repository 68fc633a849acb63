import type { ReactNode } from "react";

interface HeldItemProps {
  readonly name: string;
  /** What there is to know of it. */
  readonly children: ReactNode;
  /** What takes it away: `Remove`, `Revoke`. */
  readonly action: string;
  readonly onTakeAway: () => void;
}

/** One of the things that open an account, in a list of them. */
export function HeldItem({ name, children, action, onTakeAway }: HeldItemProps) {
  return (
    <li className="row">
      <span>{name}</span>
      <span className="muted small">{children}</span>
      <button
        type="button"
        className="button plain"
        aria-label={`${action} ${name}`}
        onClick={() => onTakeAway()}
      >
        {action}
      </button>
    </li>
  );
}
