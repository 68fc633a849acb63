import type { Problem } from "@hop3/core/api";
import type { ReactNode } from "react";
import { ApiError } from "../api.ts";
import { Evidence } from "./evidence.tsx";

export function Loading() {
  return (
    <p className="muted" role="status">
      Loading…
    </p>
  );
}

/** A failure as the server words it: what, why, what to do. */
export function ErrorNote({ error }: { readonly error: unknown }) {
  const problem = error instanceof ApiError ? error.problem : undefined;
  const message = error instanceof Error ? error.message : String(error);
  return (
    <div className="note bad" role="alert">
      <strong>{message}</strong>
      {problem?.place === undefined ? null : <span className="mono">{placeOf(problem.place)}</span>}
      {problem?.hint === undefined ? null : <p>{problem.hint}</p>}
      {problem?.evidence === undefined ? null : <Evidence text={problem.evidence} />}
      {problem === undefined ? null : <p className="muted small mono">{problem.code}</p>}
      {error instanceof TypeError ? (
        // What `fetch` throws where nobody answers.
        <p className="muted small">The server cannot be reached. It is asked again.</p>
      ) : null}
    </div>
  );
}

/** `hop3.nix:5:14` */
export function placeOf({ file, line, column }: NonNullable<Problem["place"]>): string {
  return [file, line, column].filter((part) => part !== undefined).join(":");
}

/** What a list says that has nothing in it yet: why, and what to do first. */
export function Empty({
  title,
  children,
}: {
  readonly title: string;
  readonly children: ReactNode;
}) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

interface Asked<Data> {
  readonly data: Data | undefined;
  readonly error: unknown;
}

/** The three states of something that is asked for. */
export function Answer<Data>({
  of,
  children,
}: {
  readonly of: Asked<Data>;
  readonly children: (data: Data) => ReactNode;
}) {
  if (of.data !== undefined) return children(of.data);
  if (of.error !== null && of.error !== undefined) return <ErrorNote error={of.error} />;
  return <Loading />;
}
