import type { PluginInfo, PluginLine, PluginRemoved } from "@hop3/core/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { address, answerOf, at, get, send } from "../api.ts";
import { LogBox } from "../components/app/log-box.tsx";
import { AskFirst } from "../components/ask-first.tsx";
import { StateBadge } from "../components/badge.tsx";
import { Field } from "../components/field.tsx";
import { readLines } from "../components/lines.ts";
import { Page } from "../components/page.tsx";
import { Answer, Empty } from "../components/states.tsx";
import { useTell } from "../components/toast.tsx";
import { useMay } from "../session.tsx";

export function PluginsPage() {
  const mayManage = useMay("plugins.manage");
  const list = useQuery({
    queryKey: ["server", "plugins"],
    queryFn: () => get<{ plugins: PluginInfo[] }>("/plugins"),
  });
  return (
    <Page title="Plug-ins">
      <p className="muted">
        A plug-in adds builders, toolchains, templates, addons, commands or checks. It runs inside
        the server; what is added or removed counts from its next start.
      </p>
      <Answer of={list}>
        {({ plugins }) =>
          plugins.length === 0 ? (
            <Empty title="No plug-ins">
              <p>What Hop3 has built in is enough for most apps.</p>
            </Empty>
          ) : (
            <div className="cards">
              {plugins.map((plugin) => (
                <PluginCard key={plugin.dir} plugin={plugin} mayRemove={mayManage} />
              ))}
            </div>
          )
        }
      </Answer>
      {mayManage ? <AddForm /> : null}
    </Page>
  );
}

function PluginCard({
  plugin,
  mayRemove,
}: {
  readonly plugin: PluginInfo;
  readonly mayRemove: boolean;
}) {
  const queries = useQueryClient();
  const tell = useTell();
  const { name, version, state, origin, adds, reason } = plugin;
  const remove = async () => {
    try {
      const { usedBy } = await send<PluginRemoved>("DELETE", at`/plugins/${name}`);
      const users = usedBy.map(({ app }) => app).join(", ");
      tell.done(
        users === "" ? `${name} is removed` : `${name} is removed; what it built goes on: ${users}`,
      );
    } catch (error) {
      tell.failed(error);
    }
    await queries.invalidateQueries({ queryKey: ["server", "plugins"] });
  };
  return (
    <article className="card">
      <div className="row">
        <h2>{name}</h2>
        <StateBadge state={state === "broken" ? "problem" : state} />
      </div>
      <p className="muted small">
        {version ?? "no version"} · {origin === "home" ? "installed here" : "named by server.toml"}
      </p>
      {reason === undefined ? null : <p>{reason}</p>}
      <ul className="plain-list small">
        {Object.entries(adds).map(([kind, names]) => (
          <li key={kind}>
            {kind}: {names.join(", ")}
          </li>
        ))}
      </ul>
      {mayRemove && origin === "home" && state !== "removed" ? (
        <div>
          <AskFirst
            label="Remove"
            title={`Remove ${name}?`}
            action="Remove"
            isDanger
            onConfirm={() => void remove()}
          >
            <p>Apps that it has built go on running. They cannot be built again without it.</p>
          </AskFirst>
        </div>
      ) : null}
    </article>
  );
}

function AddForm() {
  const [spec, setSpec] = useState("");
  const [lines, setLines] = useState<readonly string[]>();
  const queries = useQueryClient();
  const tell = useTell();
  const add = async (what: string | File) => {
    setLines([]);
    try {
      const name = await install(what, (text) => setLines((shown = []) => [...shown, text]));
      tell.done(`${name} is added; restart the server`);
      setSpec("");
    } catch (error) {
      tell.failed(error);
    }
    await queries.invalidateQueries({ queryKey: ["server", "plugins"] });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void add(spec.trim());
  };
  return (
    <form className="card" onSubmit={submit}>
      <h2>Add a plug-in</h2>
      <Field
        label="Package"
        hint="A name of the registry, name@version, or the https address of a tarball. No install script runs."
      >
        <input value={spec} onChange={({ target }) => setSpec(target.value)} />
      </Field>
      <div className="row">
        <button type="submit" className="button primary" disabled={spec.trim() === ""}>
          Add
        </button>
        <label className="button">
          Add a tarball
          <input
            type="file"
            className="visually-hidden"
            accept=".tgz,.tar.gz"
            onChange={({ target }) => {
              const file = target.files?.[0];
              // The same file can be chosen again after a failure.
              target.value = "";
              if (file !== undefined) void add(file);
            }}
          />
        </label>
      </div>
      {lines === undefined ? null : <LogBox label="Output of the installation" lines={lines} />}
    </form>
  );
}

/** Adds a package, or the tarball of one, and tells what npm prints; the name of the plug-in comes back. */
async function install(what: string | File, onLine: (text: string) => void): Promise<string> {
  const response = await (typeof what === "string"
    ? fetch(address("/plugins"), {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ spec: what }),
      })
    : fetch(address("/plugins/archive"), {
        method: "POST",
        headers: { "content-type": "application/gzip" },
        body: what,
      }));
  if (!response.ok) return answerOf(response);
  for await (const line of readLines<PluginLine>(response)) {
    if (line.type === "log") onLine(line.text);
    if (line.type === "failure") throw new Error(line.failure.message);
    if (line.type === "end") return line.plugin.name;
  }
  throw new Error("The server stopped answering before the plug-in was installed");
}
