import type { AppDetail, LogRecord } from "@hop3/core/api";
import { useMemo, useState } from "react";
import { at } from "../../api.ts";
import { Field } from "../field.tsx";
import { clock, plural } from "../format.ts";
import { LogBox } from "./log-box.tsx";
import { useStream } from "./stream.ts";

const events = ["log"];

/** What the app prints, as it prints it; filtered here, so that a search shows at once. */
export function AppLogs({ app: { name, processes } }: { readonly app: AppDetail }) {
  const [worker, setWorker] = useState("");
  const [search, setSearch] = useState("");
  const [isPaused, setPaused] = useState(false);
  const query = worker === "" ? "?lines=1000" : `?lines=1000&worker=${encodeURIComponent(worker)}`;
  const records = useStream<LogRecord>(`${at`/apps/${name}/logs/stream`}${query}`, events, {
    isPaused,
  });
  const workers = [...new Set(processes.map((each) => each.worker))];
  const lines = useMemo(() => {
    const wanted = search.toLowerCase();
    const midnight = new Date().setHours(0, 0, 0, 0);
    return records
      .filter(({ text }) => wanted === "" || text.toLowerCase().includes(wanted))
      .map((record) => formatRecord(record, midnight));
  }, [records, search]);
  return (
    <div className="stack">
      <div className="fields low">
        <Field label="Worker">
          <select value={worker} onChange={({ target }) => setWorker(target.value)}>
            <option value="">all</option>
            {workers.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </Field>
        <Field label="Search">
          <input type="search" value={search} onChange={({ target }) => setSearch(target.value)} />
        </Field>
        <button type="button" className="button" onClick={() => setPaused(!isPaused)}>
          {isPaused ? "Follow" : "Pause"}
        </button>
        <span className="muted small" role="status">
          {plural(lines.length, "line")}
          {isPaused ? ", paused" : ""}
        </span>
      </div>
      <LogBox
        label={`Log of ${name}`}
        lines={lines}
        empty={search === "" ? "The app has printed nothing yet." : "No line has that in it."}
      />
    </div>
  );
}

function formatRecord({ at: time, worker, instance, text }: LogRecord, midnight: number): string {
  return `${clock(time, midnight)} ${worker}.${instance}  ${text}`;
}
