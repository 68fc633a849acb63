import type { AppDetail } from "@hop3/core/api";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { address, answerOf, at } from "../../api.ts";
import { useMay } from "../../session.tsx";
import { Confirm } from "../confirm.tsx";
import { useTell } from "../toast.tsx";

export function AppDanger({ app: { name } }: { readonly app: AppDetail }) {
  const [isAsking, setAsking] = useState(false);
  const [keepsData, setKeepsData] = useState(true);
  const queries = useQueryClient();
  const tell = useTell();
  const [, go] = useLocation();
  const may = useMay("app.destroy", name);
  if (!may) return <p className="muted">You may not destroy this app.</p>;
  const destroy = async () => {
    try {
      const where = address(at`/apps/${name}`, { keepData: keepsData });
      await answerOf(await fetch(where, { method: "DELETE" }));
      await queries.invalidateQueries({ queryKey: ["apps"] });
      tell.done(`${name} is destroyed`);
      go("/");
    } catch (error) {
      tell.failed(error);
    }
  };
  return (
    <section className="card">
      <h2>Destroy this app</h2>
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
        <button type="button" className="button danger" onClick={() => setAsking(true)}>
          Destroy {name}
        </button>
      </div>
      {isAsking ? (
        <Confirm
          title={`Destroy ${name}?`}
          action="Destroy"
          isDanger
          typed={name}
          onConfirm={() => void destroy()}
          onClose={() => setAsking(false)}
        >
          <p>
            This cannot be undone.{" "}
            {keepsData ? "Its data is kept aside on the server." : "Its data is deleted too."}
          </p>
        </Confirm>
      ) : null}
    </section>
  );
}
