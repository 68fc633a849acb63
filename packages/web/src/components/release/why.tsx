import type { ClosureReason } from "@hop3/core/api";
import { useQuery } from "@tanstack/react-query";
import { at, get } from "../../api.ts";
import { Answer } from "../states.tsx";

interface WhyProps {
  readonly app: string;
  readonly release: string;
  readonly path: string;
}

/** The shortest way from the Release to one of its paths. */
export function Why({ app, release, path }: WhyProps) {
  const reason = useQuery({
    queryKey: ["app", app, "closure", release, "why", path],
    queryFn: () => get<ClosureReason>(at`/apps/${app}/releases/${release}/closure/why`, { path }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <section className="card" aria-live="polite">
      <h2>Why {nameOf(path)} is there</h2>
      <Answer of={reason}>
        {({ chain }) => (
          <ol className="chain">
            {chain.map((each, index) => (
              <li key={each} title={each}>
                {index === 0 ? `Release ${release}` : nameOf(each)}
              </li>
            ))}
          </ol>
        )}
      </Answer>
      <p className="mono small muted break">{path}</p>
    </section>
  );
}

/** Without the directory of the store and the hash, which tell nobody anything. */
function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).replace(/^[0-9a-z]{32}-/, "");
}
