import type { NixCheck } from "@hop3/core/api";
import { type FormEvent, useState } from "react";
import { useLocation } from "wouter";
import { ApiError, address, answerOf, at } from "../../api.ts";
import { Field } from "../field.tsx";
import { plural } from "../format.ts";
import { AppNameField } from "../forms/app-name-field.tsx";
import { CodeEditor } from "../forms/code-editor.tsx";
import { ErrorNote } from "../states.tsx";
import { pack, uploadApp } from "./send.ts";
import type { WayProps } from "./ways.ts";

const example = `{ pkgs ? import <nixpkgs> { } }:
{
  package = pkgs.writeTextDir "www/index.html" "Hello from Nix";

  workers.web = "\${pkgs.busybox}/bin/busybox httpd -f -p $BIND_ADDRESS:$PORT -h www";
}
`;

/** An app that is one expression: checked as a deployment would evaluate it, then deployed. */
export function PasteNix({ app = "" }: WayProps) {
  const [name, setName] = useState(() => kept()?.name ?? app);
  const [text, setText] = useState(() => kept()?.text ?? example);
  const [checked, setChecked] = useState<NixCheck>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState<"check" | "deploy">();
  const [, go] = useLocation();
  const edit = (next: string) => {
    setText(next);
    setChecked(undefined);
  };
  const work = async (what: "check" | "deploy", act: (body: Blob) => Promise<void>) => {
    setBusy(what);
    setError(undefined);
    setChecked(undefined);
    try {
      await act(await pack([{ path: "hop3.nix", file: new Blob([text]) }]));
    } catch (failure) {
      setError(failure);
    }
    setBusy(undefined);
  };
  const check = () => work("check", async (body) => setChecked(await checkNix(name, body)));
  const deploy = (event: FormEvent) => {
    event.preventDefault();
    void work("deploy", async (body) => {
      const { id } = await uploadApp({ app: name, body });
      window.history.replaceState({ name, text }, "");
      go(at`/apps/${name}/deployments/${id}`);
    });
  };
  const isIdle = busy === undefined;
  return (
    <form className="card" onSubmit={deploy}>
      <AppNameField value={name} onChange={setName} mayExist />
      <Field label="hop3.nix" hint="What the app is made of, and what it runs.">
        <CodeEditor value={text} onChange={edit} badLine={lineOf(error)} />
      </Field>
      {error === undefined ? null : <ErrorNote error={error} />}
      {checked === undefined ? null : <Checked check={checked} />}
      <div className="row">
        <button type="submit" className="button primary" disabled={!isIdle || name === ""}>
          {busy === "deploy" ? "Uploading…" : "Deploy"}
        </button>
        <button type="button" className="button" disabled={!isIdle} onClick={() => void check()}>
          {busy === "check" ? "Checking…" : "Check"}
        </button>
      </div>
    </form>
  );
}

/** What was deployed from here: whoever comes back to correct it finds it as it was. */
function kept(): { readonly name: string; readonly text: string } | null {
  return window.history.state;
}

async function checkNix(name: string, body: Blob): Promise<NixCheck> {
  const where = address("/nix/check", { app: name === "" ? "new-app" : name });
  const headers = { "content-type": "application/gzip" };
  return answerOf<NixCheck>(await fetch(where, { method: "POST", headers, body }));
}

function lineOf(error: unknown): number | undefined {
  return error instanceof ApiError ? error.problem.place?.line : undefined;
}

function Checked({ check: { workers, toBuild, toFetch } }: { readonly check: NixCheck }) {
  return (
    <div className="note good" role="status">
      <strong>It evaluates.</strong>
      <p>
        {workers.length === 0 ? "It names no worker." : `Workers: ${workers.join(", ")}.`}{" "}
        {toBuild.length === 0
          ? "Everything is built already."
          : `A deployment builds ${plural(toBuild.length, "derivation")}.`}
        {toFetch.length === 0 ? "" : ` It fetches ${plural(toFetch.length, "path")}.`}
      </p>
    </div>
  );
}
