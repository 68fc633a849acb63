import type { ConfigResult } from "@hop3/core/api";
import { useQueryClient } from "@tanstack/react-query";
import { useLocation } from "wouter";
import { at, send } from "../../api.ts";
import { useTell } from "../toast.tsx";
import type { Draft } from "./draft.ts";

/** Stores a change, and shows the deployment that applies it, where one does. */
export function useConfigChange(app: string) {
  const queries = useQueryClient();
  const tell = useTell();
  const [, go] = useLocation();
  return async (values: Draft, apply: boolean): Promise<boolean> => {
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
