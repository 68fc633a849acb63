import type { ReactNode } from "react";

interface TableCardProps {
  /** For those who do not see what stands above it. */
  readonly label: string;
  /** Within a card of its own. */
  readonly isFlat?: boolean;
  /** On a phone each row becomes a paragraph; for tables whose cells tell by themselves what they are. */
  readonly isFolding?: boolean;
  readonly children: ReactNode;
}

/** Heads the column of buttons, for those who hear it. */
export function ActionsHead() {
  return (
    <th>
      <span className="visually-hidden">Actions</span>
    </th>
  );
}

/** A table that scrolls in its own card where the window is narrow, by keyboard as well. */
export function TableCard({ label, isFlat = false, isFolding = false, children }: TableCardProps) {
  return (
    <section
      className={isFlat ? "table-scroll" : "card table-scroll"}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
      tabIndex={0}
    >
      <table className={isFolding ? "folding" : undefined}>{children}</table>
    </section>
  );
}
