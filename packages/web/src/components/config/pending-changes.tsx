import { useState } from "react";
import { plural } from "../format.ts";
import type { Draft } from "./draft.ts";
import { useConfigChange } from "./use-config-change.tsx";

interface PendingChangesProps {
  readonly app: string;
  readonly isRunning: boolean;
  readonly draft: Draft;
  /** Called when they are stored, or not wanted any more. */
  readonly onDone: () => void;
}

/** What was changed and is not stored yet: stays in view until somebody decides. */
export function PendingChanges({ app, isRunning, draft, onDone }: PendingChangesProps) {
  const [isBusy, setBusy] = useState(false);
  const change = useConfigChange(app);
  const store = async (apply: boolean) => {
    setBusy(true);
    if (await change(draft, apply)) onDone();
    setBusy(false);
  };
  const count = Object.keys(draft).length;
  return (
    <section className="note pending" aria-label="Changes that are not stored yet">
      <div className="row">
        <strong>{plural(count, "change")} not stored yet</strong>
        <button type="button" className="button plain last" disabled={isBusy} onClick={onDone}>
          Discard
        </button>
      </div>
      <p className="small">
        {isRunning
          ? "Apply now: the app starts again as a new release, and users are switched when it answers. Store for later: the next deployment brings it."
          : "The app gets it when it is deployed."}
      </p>
      <div className="row">
        {isRunning ? (
          <button
            type="button"
            className="button primary"
            disabled={isBusy}
            onClick={() => void store(true)}
          >
            Apply now
          </button>
        ) : null}
        <button
          type="button"
          className={isRunning ? "button" : "button primary"}
          disabled={isBusy}
          onClick={() => void store(false)}
        >
          {isRunning ? "Store for later" : "Store"}
        </button>
      </div>
    </section>
  );
}
