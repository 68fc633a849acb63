import { type DragEvent, type FormEvent, useState } from "react";
import { useLocation } from "wouter";
import { at } from "../../api.ts";
import { suggestName } from "../app-name.ts";
import { bytes, plural } from "../format.ts";
import { AppNameField } from "../forms/app-name-field.tsx";
import { ErrorNote } from "../states.tsx";
import { type Dropped, readChosen, readDrop } from "./dropped.ts";
import { pack, uploadApp } from "./send.ts";
import type { WayProps } from "./ways.ts";

/** A folder or an archive from the machine of whoever looks at the page. */
export function UploadFiles({ app }: WayProps) {
  const [dropped, setDropped] = useState<Dropped>();
  return (
    <>
      <DropArea onDropped={setDropped} />
      {dropped === undefined ? null : <Chosen dropped={dropped} app={app} />}
    </>
  );
}

function Chosen({ dropped, app }: WayProps & { readonly dropped: Dropped }) {
  if (dropped.kind !== "refused") {
    return <UploadForm key={dropped.name} dropped={dropped} app={app} />;
  }
  return (
    <div className="note bad" role="alert">
      <strong>{dropped.name} cannot be used</strong>
      <p>{dropped.reason}</p>
    </div>
  );
}

function DropArea({ onDropped }: { readonly onDropped: (dropped: Dropped) => void }) {
  const [isOver, setOver] = useState(false);
  const drop = async (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const found = await readDrop(event.dataTransfer.items);
    if (found !== undefined) onDropped(found);
  };
  const choose = (field: HTMLInputElement) => {
    const found = readChosen([...(field.files ?? [])]);
    if (found !== undefined) onDropped(found);
    // The same folder can be chosen again, with what has changed in it since.
    field.value = "";
  };
  return (
    <section
      aria-label="Upload"
      className={isOver ? "card drop over" : "card drop"}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => void drop(event)}
    >
      <h2>Drop a folder here</h2>
      <p className="muted">
        Or an archive: .tar.gz, .tgz. It is built, started, and given an address.
      </p>
      <div className="row">
        <label className="button">
          Choose a folder
          <input
            type="file"
            className="visually-hidden"
            ref={(input) => input?.setAttribute("webkitdirectory", "")}
            onChange={({ target }) => choose(target)}
          />
        </label>
        <label className="button">
          Choose an archive
          <input
            type="file"
            className="visually-hidden"
            accept=".tar.gz,.tgz,application/gzip"
            onChange={({ target }) => choose(target)}
          />
        </label>
      </div>
    </section>
  );
}

type Sent = Exclude<Dropped, { readonly kind: "refused" }>;

function UploadForm({ dropped, app }: WayProps & { readonly dropped: Sent }) {
  const [name, setName] = useState(() => app ?? suggestName(dropped.name));
  const [error, setError] = useState<unknown>();
  const [share, setShare] = useState<number>();
  const [, go] = useLocation();
  const isBusy = share !== undefined;
  const deploy = async (event: FormEvent) => {
    event.preventDefault();
    setShare(0);
    setError(undefined);
    try {
      const body = dropped.kind === "archive" ? dropped.file : await pack(dropped.files);
      const { id } = await uploadApp({ app: name, body, onProgress: setShare });
      go(at`/apps/${name}/deployments/${id}`);
    } catch (failure) {
      setError(failure);
      setShare(undefined);
    }
  };
  return (
    <form className="card" onSubmit={(event) => void deploy(event)}>
      <h2>Deploy {dropped.name === "" ? "these files" : dropped.name}</h2>
      <p className="muted">{describe(dropped)}</p>
      {error === undefined ? null : <ErrorNote error={error} />}
      <AppNameField value={name} onChange={setName} mayExist />
      {isBusy ? <progress aria-label="Upload" max={1} value={share} /> : null}
      <div>
        <button type="submit" className="button primary" disabled={isBusy || name === ""}>
          {isBusy ? "Uploading…" : "Deploy"}
        </button>
      </div>
    </form>
  );
}

function describe(dropped: Sent): string {
  if (dropped.kind === "archive") return bytes(dropped.file.size);
  const size = dropped.files.reduce((sum, { file }) => sum + file.size, 0);
  return `${plural(dropped.files.length, "file")}, ${bytes(size)}`;
}
