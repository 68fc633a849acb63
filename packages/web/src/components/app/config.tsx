import type { AppDetail, ConfigEntry, ConfigResult } from "@hop3/core/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useLocation } from "wouter";
import { at, get, send } from "../../api.ts";
import { useMay } from "../../session.tsx";
import { Field } from "../field.tsx";
import { Answer, Empty } from "../states.tsx";
import { Time } from "../time.tsx";
import { useTell } from "../toast.tsx";
import { type EnvironmentText, readEnvironment } from "./environment-text.ts";

export function AppConfig({ app: { name } }: { readonly app: AppDetail }) {
  const [isRevealed, setRevealed] = useState(false);
  const mayReveal = useMay("app.reveal", name);
  const mayChange = useMay("app.configure", name);
  const list = useQuery({
    queryKey: ["app", name, "config", isRevealed],
    queryFn: () =>
      get<{ entries: ConfigEntry[] }>(at`/apps/${name}/config`, { reveal: isRevealed }),
  });
  return (
    <div className="stack">
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
      <Answer of={list}>{({ entries }) => <Entries app={name} entries={entries} />}</Answer>
      {mayChange ? <ChangeForm app={name} /> : null}
    </div>
  );
}

/** Sends a change, and shows the deployment that applies it. */
function useChange(app: string) {
  const queries = useQueryClient();
  const tell = useTell();
  const [, go] = useLocation();
  return async (values: Readonly<Record<string, string | null>>, apply: boolean) => {
    try {
      const result = await send<ConfigResult>("PATCH", at`/apps/${app}/config`, { values, apply });
      await queries.invalidateQueries({ queryKey: ["app", app] });
      if (result.deployment === undefined) tell.done("Stored; the next deployment uses it");
      else go(at`/apps/${app}/deployments/${result.deployment.id}`);
      return true;
    } catch (error) {
      tell.failed(error);
      return false;
    }
  };
}

function Entries({
  app,
  entries,
}: {
  readonly app: string;
  readonly entries: readonly ConfigEntry[];
}) {
  const change = useChange(app);
  const mayChange = useMay("app.configure", app);
  if (entries.length === 0) {
    return (
      <Empty title="No config is stored">
        <p>Variables that are set here are encrypted, and given to the app when it starts.</p>
      </Empty>
    );
  }
  return (
    <div className="card table-scroll">
      <table>
        <thead>
          <tr>
            <th>Name</th>
            <th>Value</th>
            <th>Changed</th>
            <th>
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {entries.map(({ key, value, updatedAt }) => (
            <tr key={key}>
              <td className="mono">{key}</td>
              <td className="mono">{value ?? "••••••••"}</td>
              <td>
                <Time at={updatedAt} />
              </td>
              <td>
                {mayChange ? (
                  <button
                    type="button"
                    className="button plain"
                    aria-label={`Remove ${key}`}
                    onClick={() => void change({ [key]: null }, true)}
                  >
                    Remove
                  </button>
                ) : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const nothing: EnvironmentText = { values: {}, problems: [] };

function ChangeForm({ app }: { readonly app: string }) {
  const [text, setText] = useState("");
  const change = useChange(app);
  const { values, problems } = text.trim() === "" ? nothing : readEnvironment(text);
  const names = Object.keys(values);
  const save = async (event: FormEvent, apply: boolean) => {
    event.preventDefault();
    if (await change(values, apply)) setText("");
  };
  const isReady = names.length > 0 && problems.length === 0;
  return (
    <form className="card" onSubmit={(event) => void save(event, true)}>
      <h2>Set variables</h2>
      <Field
        label="Names and values"
        hint="NAME=value, one a line. A whole .env file can be pasted; quotes and # comments are understood."
        error={problems[0]}
      >
        <textarea
          className="code"
          rows={5}
          spellCheck={false}
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
      </Field>
      <p className="muted small">
        {names.length === 0
          ? "The app is started again with the new values; users notice nothing."
          : `Sets ${names.join(", ")}.`}
      </p>
      <div className="row">
        <button type="submit" className="button primary" disabled={!isReady}>
          Save and apply
        </button>
        <button
          type="button"
          className="button"
          disabled={!isReady}
          onClick={(event) => void save(event, false)}
        >
          Save for the next deployment
        </button>
      </div>
    </form>
  );
}
