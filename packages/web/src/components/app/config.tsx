import type { AppDetail, ConfigEntry } from "@hop3/core/api";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { at, get } from "../../api.ts";
import { useMay } from "../../session.tsx";
import { type Draft, makeRows, type Row, waitingKeys } from "../config/draft.ts";
import { OwnVariables } from "../config/own-variables.tsx";
import { PasteForm } from "../config/paste-form.tsx";
import { PendingChanges } from "../config/pending-changes.tsx";
import { useConfigChange } from "../config/use-config-change.tsx";
import { VariableForm } from "../config/variable-form.tsx";
import { VariablesTable } from "../config/variables-table.tsx";
import { Answer, Empty } from "../states.tsx";

/** Variables that the app gets: secret ones, which are stored here, and the plain ones of its files. */
export function AppConfig({ app }: { readonly app: AppDetail }) {
  const { name } = app;
  const [isRevealed, setRevealed] = useState(false);
  const mayReveal = useMay("app.reveal", name);
  const list = useQuery({
    queryKey: ["app", name, "config", isRevealed],
    queryFn: () =>
      get<{ entries: ConfigEntry[] }>(at`/apps/${name}/config`, { reveal: isRevealed }),
  });
  return (
    <div className="stack">
      <div className="row">
        <h2>Secret variables</h2>
        {mayReveal ? (
          <label className="row">
            <input
              type="checkbox"
              checked={isRevealed}
              onChange={({ target }) => setRevealed(target.checked)}
            />
            Show values
          </label>
        ) : null}
      </div>
      <Answer of={list}>{({ entries }) => <Stored app={app} entries={entries} />}</Answer>
      {app.release === undefined || list.data === undefined ? null : (
        <OwnVariables
          app={name}
          release={app.release}
          storedKeys={new Set(list.data.entries.map(({ key }) => key))}
        />
      )}
    </div>
  );
}

interface StoredProps {
  readonly app: AppDetail;
  readonly entries: readonly ConfigEntry[];
}

function Stored({ app, entries }: StoredProps) {
  const [draft, setDraft] = useState<Draft>({});
  const [edited, setEdited] = useState<Row>();
  const mayChange = useMay("app.configure", app.name);
  const rows = makeRows(entries, draft);
  const set = (values: Draft) => {
    setDraft({ ...draft, ...values });
    setEdited(undefined);
  };
  const undo = (key: string) => {
    const { [key]: _gone, ...rest } = draft;
    setDraft(rest);
  };
  return (
    <>
      {rows.length === 0 ? (
        <Empty title="No config is stored">
          <p>Variables that are set here are encrypted, and given to the app when it starts.</p>
        </Empty>
      ) : (
        <VariablesTable
          rows={rows}
          mayChange={mayChange}
          onEdit={setEdited}
          onRemove={(key) => set({ [key]: null })}
          onUndo={undo}
        />
      )}
      {mayChange ? (
        <section className="card">
          <h2>{edited === undefined ? "Add a variable" : `Change ${edited.key}`}</h2>
          <VariableForm
            key={edited?.key ?? ""}
            name={edited?.key ?? ""}
            value={edited?.value ?? ""}
            onSet={(key, value) => set({ [key]: value })}
            onCancel={() => setEdited(undefined)}
          />
          <PasteForm onSet={set} />
        </section>
      ) : null}
      {Object.keys(draft).length === 0 ? (
        <Waiting app={app} entries={entries} />
      ) : (
        <PendingChanges
          app={app.name}
          isRunning={app.release !== undefined}
          draft={draft}
          onDone={() => setDraft({})}
        />
      )}
    </>
  );
}

/** Stored, but not what runs: a Release keeps the values that it was made with. */
function Waiting({ app, entries }: StoredProps) {
  const change = useConfigChange(app.name);
  const may = useMay("app.configure", app.name);
  const waiting = waitingKeys(entries, app.currentRelease);
  if (waiting.length === 0) return null;
  return (
    <div className="note warn">
      <strong>The app does not run with this yet</strong>
      <p>
        Changed since release {app.release} was made:{" "}
        <span className="mono">{waiting.join(", ")}</span>. The next deployment uses it.
      </p>
      {may ? (
        <div>
          <button type="button" className="button" onClick={() => void change({}, true)}>
            Apply now
          </button>
        </div>
      ) : null}
    </div>
  );
}
