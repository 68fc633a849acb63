import type { TokenCreated, TokenInfo } from "@hop3/core/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { at, get, send } from "../../api.ts";
import { CopyText } from "../copy.tsx";
import { Field } from "../field.tsx";
import { Answer } from "../states.tsx";
import { Time } from "../time.tsx";
import { useTell } from "../toast.tsx";

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
  const queries = useQueryClient();
  const tell = useTell();
  const revoke = async ({ id, name }: TokenInfo) => {
    try {
      await send("DELETE", at`/tokens/${id}`);
      tell.done(`${name} opens nothing any more`);
    } catch (error) {
      tell.failed(error);
    }
    await queries.invalidateQueries({ queryKey: ["account", "tokens"] });
  };
  if (tokens.length === 0) return <p>There is none.</p>;
  return (
    <ul className="plain-list">
      {tokens.map((token) => (
        <li key={token.id} className="row">
          <span>{token.name}</span>
          <span className="muted small">
            made <Time at={token.createdAt} />
            {token.expiresAt === undefined ? null : (
              <>
                , ends <Time at={token.expiresAt} />
              </>
            )}
          </span>
          <button
            type="button"
            className="button plain"
            aria-label={`Revoke ${token.name}`}
            onClick={() => void revoke(token)}
          >
            Revoke
          </button>
        </li>
      ))}
    </ul>
  );
}

function CreateForm({ onMade }: { readonly onMade: (made: TokenCreated) => void }) {
  const queries = useQueryClient();
  const tell = useTell();
  const create = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    const days = Number(data.get("days"));
    try {
      const lifetime = days === 0 ? {} : { days };
      onMade(await send<TokenCreated>("POST", "/tokens", { name: data.get("name"), ...lifetime }));
      form.reset();
    } catch (error) {
      tell.failed(error);
    }
    await queries.invalidateQueries({ queryKey: ["account", "tokens"] });
  };
  return (
    <form className="stack" onSubmit={(event) => void create(event)}>
      <div className="fields">
        <Field label="Name of a new token" hint="Where it will be used.">
          <input name="name" required maxLength={100} />
        </Field>
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
      <div>
        <button type="submit" className="button">
          Make a token
        </button>
      </div>
    </form>
  );
}
