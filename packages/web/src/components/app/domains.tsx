import type { AppDetail, DomainEntry } from "@hop3/core/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { at, get, send } from "../../api.ts";
import { useMay } from "../../session.tsx";
import { AskFirst } from "../ask-first.tsx";
import { Badge } from "../badge.tsx";
import { Field } from "../field.tsx";
import { Form, textOf } from "../forms/form.tsx";
import { Answer } from "../states.tsx";
import { ActionsHead, TableCard } from "../table-card.tsx";
import { useTell } from "../toast.tsx";
import { useChange } from "../use-change.tsx";

/** The names that the app answers to, and how. */
export function AppDomains({ app }: { readonly app: AppDetail }) {
  const { name, url } = app;
  const may = useMay("app.configure", name);
  const list = useQuery({
    queryKey: ["app", name, "domains"],
    queryFn: () => get<{ domains: DomainEntry[] }>(at`/apps/${name}/domains`),
  });
  return (
    <div className="stack">
      <Answer of={list}>
        {({ domains }) => (
          <TableCard label="Domains" isFolding>
            <thead>
              <tr>
                <th>Address</th>
                <th>Certificate</th>
                <ActionsHead />
              </tr>
            </thead>
            <tbody>
              {domains.map((entry) => (
                <Row key={entry.domain} app={app} entry={entry} />
              ))}
            </tbody>
          </TableCard>
        )}
      </Answer>
      {may ? <AddForm app={name} /> : null}
      <section className="card">
        <h2>Certificates</h2>
        <p>
          All domains are served over plain HTTP, on port {portOf(url)}: this server obtains no
          certificates yet.
        </p>
        <p className="muted">
          For https, put a proxy before it that ends TLS and passes the Host header on.
        </p>
      </section>
    </div>
  );
}

interface RowProps {
  readonly app: AppDetail;
  readonly entry: DomainEntry;
}

function Row({ app: { name, url }, entry: { domain, builtIn } }: RowProps) {
  const may = useMay("app.configure", name);
  const change = useChange(["app", name]);
  const address = new URL(url);
  address.hostname = domain;
  const remove = () =>
    void change(
      send("DELETE", at`/apps/${name}/domains/${domain}`),
      `${domain} is not routed any more`,
    );
  return (
    <tr>
      <td>
        <a href={address.href}>{address.origin}</a>{" "}
        {builtIn ? <Badge tone="quiet">given by the server</Badge> : null}
      </td>
      <td className="muted">none, plain HTTP</td>
      <td className="end">
        {may && !builtIn ? (
          <AskFirst
            label="Remove"
            fullLabel={`Remove ${domain}`}
            isPlain
            title={`Remove ${domain}?`}
            action="Remove"
            isDanger
            onConfirm={remove}
          >
            <p>{name} answers there no more, at once. Its other addresses stay.</p>
          </AskFirst>
        ) : null}
      </td>
    </tr>
  );
}

function AddForm({ app }: { readonly app: string }) {
  const tell = useTell();
  const queries = useQueryClient();
  const add = async (data: FormData) => {
    const domain = textOf(data, "domain");
    await send("POST", at`/apps/${app}/domains`, { domain });
    tell.done(`${domain} is routed`);
    await queries.invalidateQueries({ queryKey: ["app", app] });
  };
  return (
    <Form title="Add a domain" action="Add" onSubmit={add}>
      <Field label="Domain" hint="Its DNS record has to point to this server.">
        <input
          name="domain"
          required
          autoComplete="off"
          spellCheck={false}
          placeholder="shop.example.org"
        />
      </Field>
    </Form>
  );
}

function portOf(url: string): string {
  const { port } = new URL(url);
  return port === "" ? "80" : port;
}
