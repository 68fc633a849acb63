import { type ReactNode, useEffect, useRef } from "react";

interface PageProps {
  /** Of the browser's window and, as a heading, of the page. */
  readonly title: string;
  readonly beside?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** Where the page is that has had the focus; the browser itself begins at the top of the first. */
let shownAt = window.location.pathname;

export function Page({ title, beside, actions, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Hop3`;
    if (shownAt === window.location.pathname) return;
    shownAt = window.location.pathname;
    // Whoever has followed a link by keyboard or hears the page goes on from its heading.
    heading.current?.focus({ preventScroll: true });
  }, [title]);
  return (
    <>
      <div className="page-head">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {beside}
        {actions === undefined ? null : <div className="actions">{actions}</div>}
      </div>
      {children}
    </>
  );
}
