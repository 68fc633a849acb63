import type { AppDetail, DomainEntry } from "@hop3/core/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { at, get, send } from "../../api.ts";
import { useMay } from "../../session.tsx";
import { Badge } from "../badge.tsx";
import { Field } from "../field.tsx";
import { Answer } from "../states.tsx";
import { useTell } from "../toast.tsx";

export function AppDomains({ app: { name } }: { readonly app: AppDetail }) {
  const [domain, setDomain] = useState("");
  const queries = useQueryClient();
  const tell = useTell();
  const may = useMay("app.configure", name);
  const list = useQuery({
    queryKey: ["app", name, "domains"],
    queryFn: () => get<{ domains: DomainEntry[] }>(at`/apps/${name}/domains`),
  });
  const change = async (work: Promise<unknown>, text: string) => {
    try {
      await work;
      tell.done(text);
      setDomain("");
    } catch (error) {
      tell.failed(error);
    }
    await queries.invalidateQueries({ queryKey: ["app", name] });
  };
  const add = (event: FormEvent) => {
    event.preventDefault();
    const wanted = domain.trim();
    void change(send("POST", at`/apps/${name}/domains`, { domain: wanted }), `${wanted} is routed`);
  };
  return (
    <div className="stack">
      <Answer of={list}>
        {({ domains }) => (
          <ul className="plain-list card">
            {domains.map(({ domain: each, builtIn }) => (
              <li key={each} className="row">
                <span>{each}</span>
                {builtIn ? <Badge tone="quiet">given by the server</Badge> : null}
                {may && !builtIn ? (
                  <button
                    type="button"
                    className="button plain"
                    aria-label={`Remove ${each}`}
                    onClick={() =>
                      void change(
                        send("DELETE", at`/apps/${name}/domains/${each}`),
                        `${each} is not routed any more`,
                      )
                    }
                  >
                    Remove
                  </button>
                ) : null}
              </li>
            ))}
          </ul>
        )}
      </Answer>
      {may ? (
        <form className="card" onSubmit={add}>
          <Field label="Add a domain" hint="Its DNS record has to point to this server.">
            <input
              value={domain}
              placeholder="shop.example.org"
              onChange={({ target }) => setDomain(target.value)}
            />
          </Field>
          <div>
            <button type="submit" className="button primary" disabled={domain.trim() === ""}>
              Add
            </button>
          </div>
        </form>
      ) : null}
    </div>
  );
}
