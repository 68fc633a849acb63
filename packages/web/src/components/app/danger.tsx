import type { AppDetail } from "@hop3/core/api";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { at, send } from "../../api.ts";
import { useMay } from "../../session.tsx";
import { AskFirst } from "../ask-first.tsx";
import { useTell } from "../toast.tsx";

/** The end of an app. */
export function AppDanger({ app: { name } }: { readonly app: AppDetail }) {
  const [keepsData, setKeepsData] = useState(true);
  const queries = useQueryClient();
  const tell = useTell();
  const [, go] = useLocation();
  const may = useMay("app.destroy", name);
  if (!may) return null;
  const destroy = async () => {
    try {
      await send("DELETE", at`/apps/${name}?keepData=${String(keepsData)}`);
      await queries.invalidateQueries({ queryKey: ["apps"] });
      tell.done(`${name} is destroyed`);
      go("/");
    } catch (error) {
      tell.failed(error);
    }
  };
  return (
    <section className="card danger-zone">
      <h2>Danger zone</h2>
      <p>Its processes stop, its address answers no more, and its releases go.</p>
      <label className="row">
        <input
          type="checkbox"
          checked={keepsData}
          onChange={({ target }) => setKeepsData(target.checked)}
        />
        Keep its data directory on the server
      </label>
      <div>
        <AskFirst
          label={`Destroy ${name}`}
          title={`Destroy ${name}?`}
          action="Destroy"
          isDanger
          typed={name}
          onConfirm={() => void destroy()}
        >
          <p>
            This cannot be undone.{" "}
            {keepsData ? "Its data is kept aside on the server." : "Its data is deleted too."}
          </p>
        </AskFirst>
      </div>
    </section>
  );
}
