import type { AppDetail, ScaleResult, WorkerScale } from "@hop3/core/api";
import { maxInstances } from "@hop3/core/base";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { Link } from "wouter";
import { at, send } from "../../api.ts";
import { useMay } from "../../session.tsx";
import { Badge } from "../badge.tsx";
import { useTell } from "../toast.tsx";
import { type Draft, describeChange, isChanged, numberOf } from "./processes-draft.ts";

interface WorkersProps {
  readonly app: AppDetail;
  readonly workers: readonly WorkerScale[];
}

/** How many instances of each worker there are, and other numbers of them. */
export function Workers({ app, workers }: WorkersProps) {
  const { name, lastDeployment: last } = app;
  const [draft, setDraft] = useState<Draft>({});
  const queries = useQueryClient();
  const tell = useTell();
  const may = useMay("app.configure", name);
  const changed = workers.filter((worker) => isChanged(worker, draft));
  const isScaling = last?.kind === "scale" && (last.state === "queued" || last.state === "running");
  const isScaled = last?.kind === "scale" && (last.state === "live" || last.state === "succeeded");
  useEffect(() => {
    if (isScaled) setDraft({});
  }, [isScaled]);
  const apply = async (event: FormEvent) => {
    event.preventDefault();
    const numbers = Object.fromEntries(changed.map(({ worker }) => [worker, draft[worker]]));
    try {
      const body = { workers: numbers };
      const { deployment } = await send<ScaleResult>("PATCH", at`/apps/${name}/scale`, body);
      if (deployment === undefined) tell.done("Stored; nothing had to be started or stopped");
    } catch (error) {
      tell.failed(error);
    }
    await queries.invalidateQueries({ queryKey: ["app", name] });
  };
  return (
    <form className="card" aria-label="Workers" onSubmit={(event) => void apply(event)}>
      <ul className="workers">
        {workers.map((worker) => (
          <Worker
            key={worker.worker}
            worker={worker}
            draft={draft}
            isFixed={!may || isScaling}
            onChange={(number) => setDraft({ ...draft, [worker.worker]: number })}
          />
        ))}
      </ul>
      {isScaling || changed.length === 0 ? null : (
        <div className="row">
          <button type="submit" className="button primary">
            Apply
          </button>
          <button type="button" className="button" onClick={() => setDraft({})}>
            Discard
          </button>
          <span className="muted small">{describeChange(changed, draft)}</span>
        </div>
      )}
      <Progress app={app} />
    </form>
  );
}

/** The newest deployment, where it was one to other numbers: under way, or failed. */
function Progress({ app: { name, lastDeployment: last } }: Pick<WorkersProps, "app">) {
  if (last?.kind !== "scale" || last.state === "live" || last.state === "succeeded") return null;
  const isOver = last.state !== "queued" && last.state !== "running";
  const link = <Link href={at`/apps/${name}/deployments/${last.id}`}>Deployment {last.id}</Link>;
  return (
    <div className={`note ${isOver ? "bad" : ""}`} role="status">
      <span>
        {link} {isOver ? `${last.state}: nothing was changed` : "is bringing it to these numbers…"}
      </span>
      {last.failure === undefined ? null : <span>{last.failure.message}</span>}
    </div>
  );
}

interface WorkerProps {
  readonly worker: WorkerScale;
  readonly draft: Draft;
  readonly isFixed: boolean;
  readonly onChange: (number: number | null) => void;
}

function Worker({ worker, draft, isFixed, onChange }: WorkerProps) {
  const { worker: name, kind, declared, fixedBecause } = worker;
  const number = numberOf(worker, draft);
  return (
    <li>
      <span>
        <strong>{name}</strong> <span className="muted small">{kind === name ? "" : kind}</span>
      </span>
      {declared === undefined || fixedBecause !== undefined ? null : (
        <>
          <Stepper name={name} number={number} isFixed={isFixed} onChange={onChange} />
          <Up worker={worker} />
        </>
      )}
      <Origin worker={worker} draft={draft} isFixed={isFixed} onChange={onChange} />
      {number === 0 && kind === "web" ? (
        <span className="small wide">
          Without an instance of {name}, visitors get a page that says so.
        </span>
      ) : null}
    </li>
  );
}

function Up({ worker: { wanted, up } }: Pick<WorkerProps, "worker">) {
  if (wanted === 0) return <Badge tone="quiet">stopped</Badge>;
  return (
    <Badge tone={up < wanted ? "warn" : "good"}>
      {up} of {wanted} up
    </Badge>
  );
}

/** Where the number comes from, and the way back to what the Release says. */
function Origin({ worker, draft, isFixed, onChange }: WorkerProps) {
  const { worker: name, declared, stored, fixedBecause } = worker;
  if (fixedBecause !== undefined) return <span className="muted small rest">{fixedBecause}</span>;
  const isChosen = draft[name] === undefined ? stored !== undefined : draft[name] !== null;
  if (!isChosen) return <span className="muted small">as the release says</span>;
  const says =
    declared === undefined
      ? `${stored} chosen, but the release has no such worker`
      : `the release says ${declared}`;
  const action = declared === undefined ? "Forget it" : "Use that";
  return (
    <span className={`muted small ${declared === undefined ? "rest" : ""}`}>
      {says}{" "}
      <button
        type="button"
        className="button plain"
        aria-label={`${action} for ${name}`}
        disabled={isFixed}
        onClick={() => onChange(null)}
      >
        {action}
      </button>
    </span>
  );
}

interface StepperProps extends Pick<WorkerProps, "isFixed" | "onChange"> {
  readonly name: string;
  readonly number: number;
}

function Stepper({ name, number, isFixed, onChange }: StepperProps) {
  // While somebody types, it may be no number at all.
  const [typed, setTyped] = useState<string>();
  return (
    <span className="stepper">
      <button
        type="button"
        className="button"
        aria-label={`One ${name} less`}
        disabled={isFixed || number <= 0}
        onClick={() => onChange(number - 1)}
      >
        −
      </button>
      <input
        type="number"
        aria-label={`Instances of ${name}`}
        min={0}
        max={maxInstances}
        required
        disabled={isFixed}
        value={typed ?? number}
        onChange={({ target }) => {
          setTyped(target.value);
          if (target.validity.valid) onChange(target.valueAsNumber);
        }}
        onBlur={() => setTyped(undefined)}
      />
      <button
        type="button"
        className="button"
        aria-label={`One ${name} more`}
        disabled={isFixed || number >= maxInstances}
        onClick={() => onChange(number + 1)}
      >
        +
      </button>
    </span>
  );
}
