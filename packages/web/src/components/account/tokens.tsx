import type { TokenCreated, TokenInfo } from "@hop3/core/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { at, get, send } from "../../api.ts";
import { CopyText } from "../copy.tsx";
import { Field } from "../field.tsx";
import { Form, textOf } from "../forms/form.tsx";
import { Answer } from "../states.tsx";
import { Time } from "../time.tsx";
import { useChange } from "../use-change.tsx";
import { RoleFields, readRole, roleText } from "../users/role-fields.tsx";
import { HeldItem } from "./held-item.tsx";

const lifetimes = [7, 30, 90, 365];

/** Tokens with which programs act for the account. */
export function AccountTokens() {
  const [made, setMade] = useState<TokenCreated>();
  const list = useQuery({
    queryKey: ["account", "tokens"],
    queryFn: () => get<{ tokens: TokenInfo[] }>("/tokens"),
  });
  return (
    <section className="card">
      <h2>Tokens</h2>
      <p className="muted">For the hop3 command on other machines, for git and for scripts.</p>
      <Answer of={list}>{({ tokens }) => <Tokens tokens={tokens} />}</Answer>
      {made === undefined ? null : (
        <div className="note good">
          <strong>{made.name}</strong>
          <p>Take it now: it is not shown again.</p>
          <CopyText label="The token" text={made.token} />
        </div>
      )}
      <CreateForm onMade={setMade} />
    </section>
  );
}

function Tokens({ tokens }: { readonly tokens: readonly TokenInfo[] }) {
  const change = useChange(["account", "tokens"]);
  if (tokens.length === 0) return <p>There is none.</p>;
  return (
    <ul className="plain-list">
      {tokens.map(({ id, name, scopes, createdAt, expiresAt }) => (
        <HeldItem
          key={id}
          name={name}
          action="Revoke"
          onTakeAway={() =>
            void change(send("DELETE", at`/tokens/${id}`), `${name} opens nothing any more`)
          }
        >
          {scopes === undefined ? "all that you may" : scopes.map(scopeText).join(", ")}, made{" "}
          <Time at={createdAt} />
          {expiresAt === undefined ? null : (
            <>
              , ends <Time at={expiresAt} />
            </>
          )}
        </HeldItem>
      ))}
    </ul>
  );
}

function scopeText({ allow, app }: NonNullable<TokenInfo["scopes"]>[number]): string {
  return roleText({ role: allow, app });
}

function CreateForm({ onMade }: { readonly onMade: (made: TokenCreated) => void }) {
  const queries = useQueryClient();
  const create = async (data: FormData) => {
    const days = Number(data.get("days"));
    const { role, where } = readRole(data);
    const isWhole = role === undefined && !("app" in where);
    const body = {
      name: textOf(data, "name"),
      ...(days === 0 ? {} : { days }),
      // A scope only takes away: that of an owner leaves all that its user may in the app.
      ...(isWhole ? {} : { scopes: [{ allow: role ?? "owner", ...where }] }),
    };
    onMade(await send<TokenCreated>("POST", "/tokens", body));
    await queries.invalidateQueries({ queryKey: ["account", "tokens"] });
  };
  return (
    <Form action="Make a token" onSubmit={create}>
      <div className="fields">
        <Field label="Name of a new token" hint="Where it will be used.">
          <input name="name" required maxLength={100} />
        </Field>
        <RoleFields label="May" none="all that you may" />
        <Field label="Ends after">
          <select name="days" defaultValue="90">
            {lifetimes.map((days) => (
              <option key={days} value={days}>
                {days} days
              </option>
            ))}
            <option value="0">never</option>
          </select>
        </Field>
      </div>
    </Form>
  );
}
