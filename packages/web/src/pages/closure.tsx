import type { ClosurePath, ReleaseClosure } from "@hop3/core/api";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { Link, useParams } from "wouter";
import { at, get } from "../api.ts";
import { bytes, plural } from "../components/format.ts";
import { SearchBox } from "../components/forms/search-box.tsx";
import { Page } from "../components/page.tsx";
import { Treemap } from "../components/release/treemap.tsx";
import { Why } from "../components/release/why.tsx";
import { Answer, Empty } from "../components/states.tsx";
import { TableCard } from "../components/table-card.tsx";

/** What a Release needs to run, by weight, and why each part is there. */
export function ClosurePage() {
  const { app = "", release = "" } = useParams();
  const closure = useQuery({
    queryKey: ["app", app, "closure", release],
    queryFn: () => get<ReleaseClosure>(at`/apps/${app}/releases/${release}/closure`),
    // A Release never changes.
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <Page title={`What release ${release} weighs`}>
      <p className="muted">
        <Link href={at`/apps/${app}/releases/${release}`}>
          {app}, release {release}
        </Link>
        {closure.data === undefined ? null : <> · {bytes(closure.data.bytes)}</>}
        {closure.data?.kind === "nix" ? <> in {plural(closure.data.paths.length, "path")}</> : null}
      </p>
      <Answer of={closure}>
        {(data) => <Contents closure={data} app={app} release={release} />}
      </Answer>
    </Page>
  );
}

interface ContentsProps {
  readonly closure: ReleaseClosure;
  readonly app: string;
  readonly release: string;
}

function Contents({ closure, app, release }: ContentsProps) {
  const { paths, note, location } = closure;
  const [chosen, setChosen] = useState<string>();
  if (note !== undefined || paths.length === 0) {
    return (
      <Empty title="Its parts cannot be shown">
        <p>{note ?? "There is nothing in it."}</p>
        <p className="mono break">{location}</p>
      </Empty>
    );
  }
  return (
    <>
      <Treemap paths={paths} chosen={chosen} onChoose={setChosen} />
      {chosen === undefined ? (
        <p className="muted">Choose a part to see why it is there.</p>
      ) : (
        <Why app={app} release={release} closure={closure} path={chosen} />
      )}
      <Paths paths={paths} chosen={chosen} onChoose={setChosen} />
    </>
  );
}

interface PathsProps {
  readonly paths: readonly ClosurePath[];
  readonly chosen: string | undefined;
  readonly onChoose: (path: string) => void;
}

/** So many rows are drawn; a search finds the others. */
const shownRows = 100;

function Paths({ paths, chosen, onChoose }: PathsProps) {
  const [search, setSearch] = useState("");
  const wanted = search.trim().toLowerCase();
  const found = useMemo(
    () => paths.filter(({ path }) => path.toLowerCase().includes(wanted)),
    [paths, wanted],
  );
  return (
    <section className="stack">
      <SearchBox
        label="Search paths"
        value={search}
        onChange={setSearch}
        found={`${plural(found.length, "path")}${found.length > shownRows ? `, the ${shownRows} largest are shown` : ""}`}
      />
      <TableCard label="Paths, the largest first">
        <thead>
          <tr>
            <th>Name</th>
            <th>Version</th>
            <th>Weighs</th>
            <th>Needs</th>
          </tr>
        </thead>
        <tbody>
          {found.slice(0, shownRows).map((path) => (
            <Row key={path.path} path={path} isChosen={path.path === chosen} onChoose={onChoose} />
          ))}
        </tbody>
      </TableCard>
    </section>
  );
}

interface RowProps extends Pick<PathsProps, "onChoose"> {
  readonly path: ClosurePath;
  readonly isChosen: boolean;
}

function Row({ path: { path, name, version, bytes: count, references }, ...row }: RowProps) {
  const { isChosen, onChoose } = row;
  return (
    <tr>
      <td title={path}>
        <button
          type="button"
          className="link"
          aria-pressed={isChosen}
          onClick={() => onChoose(path)}
        >
          {name}
        </button>
      </td>
      <td className="mono">{version ?? "–"}</td>
      <td className="number">{bytes(count)}</td>
      <td className="number">
        {references.length === 0 ? "–" : plural(references.length, "path")}
      </td>
    </tr>
  );
}
