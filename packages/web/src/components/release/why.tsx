import type { ClosurePath, ClosureReason, ReleaseClosure } from "@hop3/core/api";
import { useQuery } from "@tanstack/react-query";
import { at, get } from "../../api.ts";
import { plural } from "../format.ts";
import { Answer } from "../states.tsx";

interface WhyProps {
  readonly app: string;
  readonly release: string;
  readonly closure: ReleaseClosure;
  readonly path: string;
}

/** Why one of its paths is in a Release, and what else there needs it. */
export function Why({ app, release, closure, path }: WhyProps) {
  const isBuild = closure.kind !== "nix" && isPartOf(closure.location, path);
  return (
    <section className="card" aria-live="polite">
      <h2>Why {nameOf(path)} is there</h2>
      {isBuild ? (
        <p>
          {path === closure.location
            ? "It is the release itself: the directory that the build has filled."
            : "The build has left it in the directory of the release."}
        </p>
      ) : (
        <Chain app={app} release={release} path={path} />
      )}
      <Users closure={closure} path={path} />
      <p className="mono small muted break">{path}</p>
    </section>
  );
}

/** The shortest way from the Release to the path. */
function Chain({ app, release, path }: Omit<WhyProps, "closure">) {
  const reason = useQuery({
    queryKey: ["app", app, "closure", release, "why", path],
    queryFn: () => get<ClosureReason>(at`/apps/${app}/releases/${release}/closure/why`, { path }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
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
  );
}

/** So many names are enough to see what it is used for. */
const shownUsers = 8;

function Users({ closure: { paths }, path }: Pick<WhyProps, "closure" | "path">) {
  const place = paths.findIndex((each) => each.path === path);
  const users = paths.filter(
    ({ references }, index) => index !== place && references.includes(place),
  );
  if (users.length < 2) return null;
  return (
    <p className="muted">
      Needed directly by {plural(users.length, "path")}:{" "}
      {users
        .slice(0, shownUsers)
        .map(({ name }: ClosurePath) => name)
        .join(", ")}
      {users.length > shownUsers ? ", …" : "."}
    </p>
  );
}

function isPartOf(location: string, path: string): boolean {
  return path === location || path.startsWith(`${location}/`);
}

/** Without the directory of the store and the hash, which tell nobody anything. */
function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).replace(/^[0-9a-z]{32}-/, "");
}
