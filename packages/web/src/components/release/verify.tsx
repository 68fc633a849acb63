import type { FailureData, ReleaseDetail, Verification } from "@hop3/core/api";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { address, answerOf, at } from "../../api.ts";
import { useMay } from "../../session.tsx";
import { LogBox } from "../app/log-box.tsx";
import { Evidence } from "../evidence.tsx";
import { duration, plural } from "../format.ts";
import { readLines } from "../lines.ts";
import { TableCard } from "../table-card.tsx";
import { Time } from "../time.tsx";
import { useTell } from "../toast.tsx";
import { VerifiedBadge } from "./verified-badge.tsx";

type Line =
  | { readonly type: "log"; readonly text: string }
  | { readonly type: "end"; readonly verification: Verification }
  | { readonly type: "failure"; readonly failure: FailureData };

interface VerifyProps {
  readonly app: string;
  readonly release: ReleaseDetail;
}

/** Builds a Release a second time, and shows whether every byte comes out the same. */
export function Verify({ app, release: { number, artifact, verification } }: VerifyProps) {
  const { lines, failure, isBusy, verify } = useVerify(app, number);
  const may = useMay("app.deploy", app);
  if (artifact?.kind !== "nix") return null;
  return (
    <section className="card">
      <div className="row">
        <h2>Built a second time</h2>
        {verification === undefined ? null : <VerifiedBadge state={verification.state} />}
        {may ? (
          <button type="button" className="button" disabled={isBusy} onClick={() => void verify()}>
            {isBusy ? "Building again…" : "Verify"}
          </button>
        ) : null}
      </div>
      {failure === undefined ? null : <Failure failure={failure} />}
      {isBusy ? <LogBox label="Output of the second build" lines={lines} /> : null}
      {isBusy || verification === undefined ? null : <Result verification={verification} />}
      {isBusy || verification !== undefined ? null : (
        <p className="muted">
          Nobody has looked yet. A verification builds all of it again and compares every byte; what
          runs is not touched.
        </p>
      )}
    </section>
  );
}

function useVerify(app: string, number: number) {
  const [lines, setLines] = useState<readonly string[]>([]);
  const [failure, setFailure] = useState<FailureData>();
  const [isBusy, setBusy] = useState(false);
  const queries = useQueryClient();
  const tell = useTell();
  const verify = async () => {
    setLines([]);
    setFailure(undefined);
    setBusy(true);
    try {
      for await (const line of verification(app, number)) {
        if (line.type === "log") setLines((shown) => [...shown, line.text]);
        if (line.type === "failure") setFailure(line.failure);
      }
      await queries.invalidateQueries({ queryKey: ["app", app, "releases"] });
    } catch (error) {
      tell.failed(error);
    } finally {
      setBusy(false);
    }
  };
  return { lines, failure, isBusy, verify };
}

async function* verification(app: string, number: number): AsyncGenerator<Line> {
  const where = address(at`/apps/${app}/releases/${number}/verify`);
  const response = await fetch(where, { method: "POST" });
  if (!response.ok) await answerOf(response);
  yield* readLines<Line>(response);
}

function Failure({ failure: { message, hint, detail } }: { readonly failure: FailureData }) {
  return (
    <div className="note bad" role="alert">
      <strong>{message}</strong>
      {hint === undefined ? null : <p>{hint}</p>}
      {detail === undefined ? null : <Evidence text={detail} />}
    </div>
  );
}

function Result({ verification }: { readonly verification: Verification }) {
  const { at: when, ms, reason, derivations } = verification;
  const others = derivations.filter(({ state }) => state !== "same");
  return (
    <>
      <p>
        {reason ?? `All of it came out the same: ${plural(derivations.length, "derivation")}.`}{" "}
        <span className="muted small">
          <Time at={when} /> · {duration(ms)}
        </span>
      </p>
      {others.length === 0 ? null : <Differences derivations={others} />}
    </>
  );
}

/** So many files are enough to see what kind of difference it is. */
const shownFiles = 5;

function Differences({ derivations }: Pick<Verification, "derivations">) {
  return (
    <TableCard label="What came out otherwise">
      <thead>
        <tr>
          <th>Derivation</th>
          <th>State</th>
          <th>Where</th>
        </tr>
      </thead>
      <tbody>
        {derivations.map(({ drvPath, name, state, differences = [], differing, evidence }) => (
          <tr key={drvPath}>
            <td>{name}</td>
            <td>{state}</td>
            <td>
              <ul className="plain-list mono">
                {differences.slice(0, shownFiles).map(({ path, kind }) => (
                  <li key={path}>
                    {path === "" ? "the output itself" : path}: {kind}
                  </li>
                ))}
              </ul>
              {(differing ?? differences.length) > shownFiles ? (
                <span className="muted small">{differing ?? differences.length} files in all</span>
              ) : null}
              {evidence === undefined ? null : <Evidence text={evidence} />}
            </td>
          </tr>
        ))}
      </tbody>
    </TableCard>
  );
}
