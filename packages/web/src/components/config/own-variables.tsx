import type { ReleaseDetail } from "@hop3/core/api";
import { useQuery } from "@tanstack/react-query";
import { at, get } from "../../api.ts";

interface OwnVariablesProps {
  readonly app: string;
  readonly release: number;
  readonly storedKeys: ReadonlySet<string>;
}

/** Names of the plain variables that the Release brings along, and which of them a stored one hides. */
export function OwnVariables({ app, release, storedKeys }: OwnVariablesProps) {
  const { data } = useQuery({
    queryKey: ["app", app, "releases", release],
    queryFn: () => get<ReleaseDetail>(at`/apps/${app}/releases/${release}`),
  });
  const { envKeys = [], envOverridesConfig = false } = data?.settings ?? {};
  if (envKeys.length === 0) return null;
  const both = envKeys.filter((key) => storedKeys.has(key));
  return (
    <section className="card">
      <h2>Plain variables</h2>
      <p className="mono">{envKeys.join(", ")}</p>
      <p className="muted">
        These are set by <code>[env]</code> of hop3.toml, and changed there.
      </p>
      {both.length === 0 ? null : (
        <p>
          <span className="mono">{both.join(", ")}</span> stands in both places:{" "}
          {envOverridesConfig ? "the one of hop3.toml" : "the secret one"} is what the app gets.
        </p>
      )}
    </section>
  );
}
