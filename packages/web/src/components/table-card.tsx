import type { ReactNode } from "react";

interface TableCardProps {
  /** For those who do not see what stands above it. */
  readonly label: string;
  readonly children: ReactNode;
}

/** A table that scrolls in its own card where the window is narrow, by keyboard as well. */
export function TableCard({ label, children }: TableCardProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
    <section className="card table-scroll" aria-label={label} tabIndex={0}>
      <table>{children}</table>
    </section>
  );
}
