import type { DeploymentSummary } from "@hop3/core/api";
import { type DragEvent, type FormEvent, useState } from "react";
import { Link, useLocation } from "wouter";
import { address, answerOf, at } from "../api.ts";
import { suggestName } from "../components/app-name.ts";
import { CopyText } from "../components/copy.tsx";
import { Field } from "../components/field.tsx";
import { bytes, plural } from "../components/format.ts";
import { Page } from "../components/page.tsx";
import { ErrorNote } from "../components/states.tsx";
import { type Dropped, readChosen, readDrop } from "../components/upload/dropped.ts";
import { packFiles } from "../components/upload/tar.ts";

/** Ways to bring an app: a folder or archive, a hop3.nix, a push. */
export function NewAppPage() {
  const [dropped, setDropped] = useState<Dropped>();
  return (
    <Page title="New app">
      <p className="muted">
        Looking for something ready-made? <Link href="/catalogue">Open the catalogue.</Link>
      </p>
      <Drop onDropped={setDropped} />
      {dropped === undefined ? null : <UploadForm key={dropped.name} dropped={dropped} />}
      <PushHelp />
    </Page>
  );
}

function Drop({ onDropped }: { readonly onDropped: (dropped: Dropped) => void }) {
  const [isOver, setOver] = useState(false);
  const drop = async (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const found = await readDrop(event.dataTransfer.items);
    if (found !== undefined) onDropped(found);
  };
  const choose = (list: FileList | null) => {
    const found = list === null ? undefined : readChosen(list);
    if (found !== undefined) onDropped(found);
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
            onChange={({ target }) => choose(target.files)}
          />
        </label>
        <label className="button">
          Choose an archive
          <input
            type="file"
            className="visually-hidden"
            accept=".tar.gz,.tgz,application/gzip"
            onChange={({ target }) => choose(target.files)}
          />
        </label>
      </div>
    </section>
  );
}

function UploadForm({ dropped }: { readonly dropped: Dropped }) {
  const [name, setName] = useState(() => suggestName(dropped.name));
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const [, go] = useLocation();
  const deploy = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      const body = dropped.kind === "archive" ? dropped.file : await packed(dropped);
      const response = await fetch(address(at`/apps/${name}/deployments`), {
        method: "POST",
        headers: { "content-type": "application/gzip" },
        body,
      });
      const { id } = await answerOf<DeploymentSummary>(response);
      go(at`/apps/${name}/deployments/${id}`);
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return (
    <form className="card" onSubmit={(event) => void deploy(event)}>
      <h2>Deploy {dropped.name === "" ? "these files" : dropped.name}</h2>
      <p className="muted">{describe(dropped)}</p>
      {error === undefined ? null : <ErrorNote error={error} />}
      <Field
        label="Name of the app"
        hint="Lower case letters, digits and hyphens; it is part of the address."
      >
        <input
          value={name}
          required
          pattern="[a-z][a-z0-9\-]{0,62}[a-z0-9]"
          onChange={({ target }) => setName(target.value)}
        />
      </Field>
      <div>
        <button type="submit" className="button primary" disabled={isBusy || name === ""}>
          {isBusy ? "Uploading…" : "Deploy"}
        </button>
      </div>
    </form>
  );
}

function packed(dropped: Extract<Dropped, { kind: "files" }>): Promise<Blob> {
  // Browsers send a stream only over HTTP/2, so it is gathered first.
  return new Response(packFiles(dropped.files)).blob();
}

function describe(dropped: Dropped): string {
  if (dropped.kind === "archive") return bytes(dropped.file.size);
  const size = dropped.files.reduce((sum, { file }) => sum + file.size, 0);
  return `${plural(dropped.files.length, "file")}, ${bytes(size)}`;
}

function PushHelp() {
  return (
    <section className="card">
      <h2>Or push it</h2>
      <p>In the directory of the app, with the hop3 command installed and signed in:</p>
      <CopyText label="Commands to push" text="hop3 git setup && git push hop3 main" />
    </section>
  );
}
