import { useQueryClient } from "@tanstack/react-query";
import { useTell } from "./toast.tsx";

/** Says what came of a change, and has everything of this key read again; answers whether it went well. */
export function useChange(queryKey: readonly unknown[]) {
  const queries = useQueryClient();
  const tell = useTell();
  return async (work: Promise<unknown>, done: string): Promise<boolean> => {
    const isDone = await work.then(
      () => true,
      (error: unknown) => {
        tell.failed(error);
        return false;
      },
    );
    if (isDone) tell.done(done);
    await queries.invalidateQueries({ queryKey });
    return isDone;
  };
}
