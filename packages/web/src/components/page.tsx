import { type ReactNode, useEffect } from "react";

interface PageProps {
  /** Of the browser's window and, as a heading, of the page. */
  readonly title: string;
  readonly beside?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

export function Page({ title, beside, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Hop3`;
  }, [title]);
  return (
    <>
      <div className="page-head">
        <h1>{title}</h1>
        {beside}
        {actions === undefined ? null : <div className="actions">{actions}</div>}
      </div>
      {children}
    </>
  );
}
