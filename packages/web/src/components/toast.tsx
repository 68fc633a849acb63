import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react";
import { ApiError } from "../api.ts";

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly hint: string | undefined;
  readonly tone: "good" | "bad";
}

interface Tell {
  done(text: string): void;
  failed(error: unknown): void;
}

const Telling = createContext<Tell | undefined>(undefined);
const shownMs = 7000;
let lastId = 0;

/** Says that something has been done, or why it has not, without being in the way. */
export function useTell(): Tell {
  const tell = useContext(Telling);
  if (tell === undefined) throw new Error("no toasts above");
  return tell;
}

export function Toasts({ children }: { readonly children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const add = useCallback((toast: Omit<Toast, "id">) => {
    lastId++;
    const id = lastId;
    setToasts((shown) => [...shown, { ...toast, id }]);
    setTimeout(() => setToasts((shown) => shown.filter((each) => each.id !== id)), shownMs);
  }, []);
  const tell = useMemo<Tell>(
    () => ({
      done: (text) => add({ text, hint: undefined, tone: "good" }),
      failed: (error) =>
        add({
          text: error instanceof Error ? error.message : String(error),
          hint: error instanceof ApiError ? error.problem.hint : undefined,
          tone: "bad",
        }),
    }),
    [add],
  );
  return (
    <Telling value={tell}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {toasts.map(({ id, text, hint, tone }) => (
          <div key={id} className={`note ${tone}`}>
            <strong>{text}</strong>
            {hint === undefined ? null : <span className="small">{hint}</span>}
          </div>
        ))}
      </div>
    </Telling>
  );
}
