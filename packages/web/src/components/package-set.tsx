import type { PackageSetInfo } from "@hop3/core/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { address, answerOf, get } from "../api.ts";
import { useMay } from "../session.tsx";
import { LogBox } from "./app/log-box.tsx";
import { plural } from "./format.ts";
import { readLines } from "./lines.ts";
import { Answer } from "./states.tsx";
import { Time } from "./time.tsx";
import { useTell } from "./toast.tsx";

interface UpdateLine {
  readonly type: "log" | "end" | "failure";
  readonly text?: string;
  readonly failure?: { readonly message: string };
}

/** Which packages apps are built from, and how to get newer ones. */
export function PackageSet() {
  const [lines, setLines] = useState<readonly string[]>();
  const [isBusy, setBusy] = useState(false);
  const queries = useQueryClient();
  const tell = useTell();
  const may = useMay("server.manage");
  const set = useQuery({
    queryKey: ["server", "packages"],
    queryFn: () => get<PackageSetInfo>("/packages"),
  });
  const update = async () => {
    setBusy(true);
    setLines([]);
    try {
      await updatePackages((text) => setLines((shown = []) => [...shown, text]));
      tell.done("The package set is up to date; apps get it with their next build");
    } catch (error) {
      tell.failed(error);
    }
    setBusy(false);
    await queries.invalidateQueries({ queryKey: ["server"] });
  };
  return (
    <section className="card">
      <h2>Package set</h2>
      <Answer of={set}>{(info) => <Facts info={info} />}</Answer>
      {may ? (
        <div>
          <button type="button" className="button" disabled={isBusy} onClick={() => void update()}>
            {isBusy ? "Updating…" : "Update"}
          </button>
        </div>
      ) : null}
      {lines === undefined ? null : <LogBox label="Output of the update" lines={lines} />}
    </section>
  );
}

function Facts({ info: { name, pin, lockedAt, packages, suites } }: { info: PackageSetInfo }) {
  return (
    <dl className="facts">
      <dt>Set</dt>
      <dd>
        {name}
        {suites.length === 0 ? "" : ` (${suites.join(", ")})`}
      </dd>
      <dt>Pinned at</dt>
      <dd className="mono">{pin}</dd>
      {lockedAt === undefined ? null : (
        <>
          <dt>Taken</dt>
          <dd>
            <Time at={lockedAt} />
          </dd>
        </>
      )}
      {packages === undefined ? null : (
        <>
          <dt>Holds</dt>
          <dd>{plural(packages, "package")}</dd>
        </>
      )}
    </dl>
  );
}

async function updatePackages(onLine: (text: string) => void): Promise<void> {
  const response = await fetch(address("/packages/update"), { method: "POST" });
  if (!response.ok) return answerOf(response);
  for await (const { type, text, failure } of readLines<UpdateLine>(response)) {
    if (type === "log" && text !== undefined) onLine(text);
    if (failure !== undefined) throw new Error(failure.message);
    if (type === "end") return;
  }
  throw new Error("The server stopped answering before the update had ended");
}
