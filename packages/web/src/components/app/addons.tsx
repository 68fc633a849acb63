import type { AddonInfo, AppDetail } from "@hop3/core/api";
import { useQuery } from "@tanstack/react-query";
import { at, get, send } from "../../api.ts";
import { useMay } from "../../session.tsx";
import { AskFirst } from "../ask-first.tsx";
import { Badge, StateBadge } from "../badge.tsx";
import { bytes } from "../format.ts";
import { Answer, Empty } from "../states.tsx";
import { Time } from "../time.tsx";
import { useChange } from "../use-change.tsx";

/** Backing services that plug-ins provide to this app. */
export function AppAddons({ app: { name } }: { readonly app: AppDetail }) {
  const list = useQuery({
    queryKey: ["app", name, "addons"],
    queryFn: () => get<{ addons: AddonInfo[] }>(at`/apps/${name}/addons`),
  });
  return (
    <Answer of={list}>
      {({ addons }) =>
        addons.length === 0 ? (
          <Empty title="No addons">
            <p>
              An app asks for one in hop3.toml: <code>[[addons]]</code> with a type that a plug-in
              of this server provides.
            </p>
          </Empty>
        ) : (
          <div className="cards">
            {addons.map((addon) => (
              <AddonCard key={addon.name} app={name} addon={addon} />
            ))}
          </div>
        )
      }
    </Answer>
  );
}

function AddonCard({ app, addon }: { readonly app: string; readonly addon: AddonInfo }) {
  const { name, type, version, state, declared, variables, diskBytes, createdAt } = addon;
  return (
    <article className="card">
      <div className="row">
        <h2>{name}</h2>
        <StateBadge state={state} />
        {declared ? null : <Badge tone="warn">kept, not asked for</Badge>}
      </div>
      <p className="muted small">
        {type}
        {version === undefined ? "" : ` ${version}`} · made <Time at={createdAt} />
        {diskBytes === undefined ? "" : ` · ${bytes(diskBytes)} on disk`}
      </p>
      <p className="small">
        Gives{" "}
        <span className="mono">
          {variables.length === 0 ? "nothing yet" : variables.join(", ")}
        </span>
      </p>
      {declared ? null : <DestroyButton app={app} name={name} />}
    </article>
  );
}

function DestroyButton({ app, name }: { readonly app: string; readonly name: string }) {
  const change = useChange(["app", app]);
  const may = useMay("app.destroy", app);
  if (!may) return null;
  return (
    <div>
      <AskFirst
        label="Destroy"
        fullLabel={`Destroy ${name}`}
        title={`Destroy ${name}?`}
        action="Destroy"
        isDanger
        typed={name}
        onConfirm={() =>
          void change(send("DELETE", at`/apps/${app}/addons/${name}`), `${name} is destroyed`)
        }
      >
        <p>Everything that it holds is deleted. This cannot be undone.</p>
      </AskFirst>
    </div>
  );
}
