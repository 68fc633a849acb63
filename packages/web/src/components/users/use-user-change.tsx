import { useQueryClient } from "@tanstack/react-query";
import { useTell } from "../toast.tsx";

/** Says what came of a change, and has the users read again. */
export function useUserChange() {
  const queries = useQueryClient();
  const tell = useTell();
  return async (work: Promise<unknown>, text: string) => {
    try {
      await work;
      tell.done(text);
    } catch (error) {
      tell.failed(error);
    }
    await queries.invalidateQueries({ queryKey: ["server", "users"] });
  };
}
