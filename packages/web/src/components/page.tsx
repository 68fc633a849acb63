import { type ReactNode, useEffect, useRef } from "react";

interface PageProps {
  /** Of the browser's window and, as a heading, of the page. */
  readonly title: string;
  readonly beside?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** The browser itself begins at the top of the page that is opened first. */
let isFirst = true;

export function Page({ title, beside, actions, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Hop3`;
    // Whoever has followed a link by keyboard or hears the page goes on from its heading.
    if (!isFirst) heading.current?.focus({ preventScroll: true });
    isFirst = false;
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
