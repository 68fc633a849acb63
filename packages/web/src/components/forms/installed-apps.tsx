import type { DeploymentSummary, InstalledRecipe, RecipeList } from "@hop3/core/api";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation } from "wouter";
import { at, get, send } from "../../api.ts";
import { useMay } from "../../session.tsx";
import { useTell } from "../toast.tsx";

/** Apps that were made from a recipe, each with the way to its newest state. */
export function InstalledApps({ recipe }: { readonly recipe: string }) {
  const list = useQuery({ queryKey: ["catalogue"], queryFn: () => get<RecipeList>("/catalogue") });
  const own = list.data?.installed.filter((each) => each.recipe === recipe) ?? [];
  if (own.length === 0) return null;
  return (
    <section className="card">
      <h2>Installed already</h2>
      <ul className="plain-list">
        {own.map((installed) => (
          <InstalledApp key={installed.app} installed={installed} />
        ))}
      </ul>
    </section>
  );
}

function InstalledApp({ installed }: { readonly installed: InstalledRecipe }) {
  const { app, version, newer } = installed;
  return (
    <li className="row">
      <Link href={at`/apps/${app}`}>{app}</Link>
      <span className="muted small">{version}</span>
      {newer === undefined ? null : <UpdateApp installed={installed} />}
    </li>
  );
}

/** The same recipe once more under the app's name: what is stored is not asked again. */
function UpdateApp({
  installed: { app, recipe, version, newer },
}: {
  readonly installed: InstalledRecipe;
}) {
  const [isBusy, setBusy] = useState(false);
  const [, go] = useLocation();
  const tell = useTell();
  const may = useMay("app.deploy", app);
  const update = async () => {
    setBusy(true);
    try {
      const where = at`/catalogue/${recipe}/install`;
      const { id } = await send<DeploymentSummary>("POST", where, { app });
      go(at`/apps/${app}/deployments/${id}`);
    } catch (error) {
      tell.failed(error);
      setBusy(false);
    }
  };
  return (
    <button
      type="button"
      className="button"
      disabled={isBusy || !may}
      onClick={() => void update()}
    >
      {newer === version ? "Update" : `Update to ${newer}`}
    </button>
  );
}
