import type { AppDetail, PreviewInfo } from "@hop3/core/api";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { at, get, send } from "../../api.ts";
import { useMay } from "../../session.tsx";
import { AskFirst } from "../ask-first.tsx";
import { Evidence } from "../evidence.tsx";
import { bytes } from "../format.ts";
import { Answer, Empty } from "../states.tsx";
import { Time } from "../time.tsx";
import { useChange } from "../use-change.tsx";

interface Previews {
  readonly enabled: boolean;
  readonly previews: readonly PreviewInfo[];
}

/** Other branches of the app, each at an address of its own for a while. */
export function AppPreviews({ app: { name } }: { readonly app: AppDetail }) {
  const list = useQuery({
    queryKey: ["app", name, "previews"],
    queryFn: () => get<Previews>(at`/apps/${name}/previews`),
  });
  return (
    <Answer of={list}>
      {({ enabled, previews }) => {
        if (previews.length === 0) return enabled ? <NoneYet app={name} /> : <TurnedOff />;
        return (
          <div className="cards">
            {previews.map((preview) => (
              <PreviewCard key={preview.name} app={name} preview={preview} />
            ))}
          </div>
        );
      }}
    </Answer>
  );
}

function NoneYet({ app }: { readonly app: string }) {
  return (
    <Empty title="No previews yet">
      <p>
        Push another branch: <code>git push hop3 BRANCH</code>. It becomes an app of its own,{" "}
        <code>{app}--branch</code>. A pull request of a{" "}
        <Link href={at`/apps/${app}/git`}>connected repository</Link> does the same.
      </p>
    </Empty>
  );
}

function TurnedOff() {
  return (
    <Empty title="This app has no previews">
      <p>A preview shows another branch at an address of its own. Ask for it in hop3.toml:</p>
      <Evidence text={"[deploy]\npreview = true"} />
    </Empty>
  );
}

interface PreviewProps {
  readonly app: string;
  readonly preview: PreviewInfo;
}

function PreviewCard({ app, preview }: PreviewProps) {
  const { name, branch, url, commit, pushedAt, expiresAt, extraBytes } = preview;
  const may = useMay("app.deploy", app);
  return (
    <article className="card">
      <h2>
        <Link href={at`/apps/${name}`}>{branch}</Link>
      </h2>
      <a href={url}>{url}</a>
      <dl className="facts">
        <dt>Pushed</dt>
        <dd>
          <Time at={pushedAt} />
          {commit === undefined ? null : <span className="mono"> {commit.slice(0, 10)}</span>}
        </dd>
        <dt>Goes</dt>
        <dd>{expiresAt === undefined ? "with its branch" : <Time at={expiresAt} />}</dd>
        <dt>Extra disk</dt>
        <dd>{bytes(extraBytes)}</dd>
      </dl>
      {may ? <Actions app={app} preview={preview} /> : null}
    </article>
  );
}

/** Days from now. */
const lifetimes = [1, 7, 30, 90];

function Actions({ app, preview: { name, branch } }: PreviewProps) {
  const [days, setDays] = useState("7");
  const change = useChange(["app", app, "previews"]);
  const path = at`/apps/${app}/previews/${name}`;
  const keep = () => {
    const isForGood = days === "";
    const until = isForGood ? "until its branch goes" : `for ${days} days`;
    void change(
      send("PATCH", path, { days: isForGood ? null : Number(days) }),
      `${name} stays ${until}`,
    );
  };
  return (
    <div className="row">
      <select
        aria-label={`How long ${name} stays`}
        value={days}
        onChange={({ target }) => setDays(target.value)}
      >
        {lifetimes.map((each) => (
          <option key={each} value={each}>
            {each === 1 ? "1 day" : `${each} days`}
          </option>
        ))}
        <option value="">with its branch</option>
      </select>
      <button type="button" className="button" aria-label={`Keep ${name}`} onClick={keep}>
        Keep
      </button>
      <AskFirst
        label="Remove"
        fullLabel={`Remove ${name}`}
        title={`Remove the preview of ${branch}?`}
        action="Remove"
        isDanger
        onConfirm={() => void change(send("DELETE", path), `${name} is gone; its branch stays`)}
      >
        <p>Its processes, addons and data go. The next push of the branch makes a new one.</p>
      </AskFirst>
    </div>
  );
}
