import type { DeploymentSummary, ReleaseSummary } from "@hop3/core/api";
import { useLocation } from "wouter";
import { at, send } from "../../api.ts";
import { useMay } from "../../session.tsx";
import { AskFirst } from "../ask-first.tsx";
import { useTell } from "../toast.tsx";

interface RollbackButtonProps {
  readonly app: string;
  /** The Release that serves users now. */
  readonly current: number | undefined;
  readonly release: ReleaseSummary;
}

/** Goes back to a Release, after it has said what that means; where it cannot, it says why. */
export function RollbackButton({ app, current, release }: RollbackButtonProps) {
  const { number, restorable, notRestorableBecause, configKeys } = release;
  const [, go] = useLocation();
  const tell = useTell();
  const may = useMay("app.deploy", app);
  if (!may || number === current) return null;
  if (!restorable) return <span className="muted small">{notRestorableBecause}</span>;
  const rollBack = async () => {
    try {
      const { id } = await send<DeploymentSummary>("POST", at`/apps/${app}/rollback`, {
        release: number,
      });
      go(at`/apps/${app}/deployments/${id}`);
    } catch (error) {
      tell.failed(error);
    }
  };
  return (
    <AskFirst
      label="Go back to this"
      title={`Go back to release ${number}?`}
      action="Go back"
      onConfirm={() => void rollBack()}
    >
      <p>
        Its own files start, without a build or the network
        {configKeys.length === 0
          ? "."
          : `, with the config it ran with (${configKeys.join(", ")}).`}{" "}
        Users are switched when it answers. Data is not changed.
      </p>
    </AskFirst>
  );
}
