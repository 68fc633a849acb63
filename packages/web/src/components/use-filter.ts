import { useSearchParams } from "wouter";

/** A choice that is part of the address: the way back and a link lead to it again. */
export function useFilter(name: string): [value: string, set: (value: string) => void] {
  const [params, setParams] = useSearchParams();
  const set = (value: string) =>
    setParams(
      (known) => {
        if (value === "") known.delete(name);
        else known.set(name, value);
        return known;
      },
      { replace: true },
    );
  return [params.get(name) ?? "", set];
}
