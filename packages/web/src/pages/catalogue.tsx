import type { CatalogueUpdated, RecipeList, RecipeSummary } from "@hop3/core/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { at, get, send } from "../api.ts";
import { Badge } from "../components/badge.tsx";
import { Field } from "../components/field.tsx";
import { plural } from "../components/format.ts";
import { Page } from "../components/page.tsx";
import { Answer, Empty } from "../components/states.tsx";
import { useTell } from "../components/toast.tsx";
import { useFilter } from "../components/use-filter.ts";
import { useMay } from "../session.tsx";

/** Apps that are ready to install. */
export function CataloguePage() {
  const mayUpdate = useMay("server.manage");
  const list = useQuery({
    queryKey: ["catalogue"],
    queryFn: () => get<RecipeList>("/catalogue"),
  });
  return (
    <Page title="Catalogue" actions={mayUpdate ? <UpdateButton /> : null}>
      <Answer of={list}>{(data) => <Recipes list={data} />}</Answer>
    </Page>
  );
}

function UpdateButton() {
  const [isBusy, setBusy] = useState(false);
  const queries = useQueryClient();
  const tell = useTell();
  const update = async () => {
    setBusy(true);
    try {
      const { changed, added, updated } = await send<CatalogueUpdated>("POST", "/catalogue/update");
      const news = `${plural(added.length, "new app")}, ${plural(updated.length, "newer one")}`;
      tell.done(changed ? `The catalogue is up to date: ${news}` : "There is no newer catalogue");
    } catch (error) {
      tell.failed(error);
    }
    await queries.invalidateQueries({ queryKey: ["catalogue"] });
    setBusy(false);
  };
  return (
    <button type="button" className="button" disabled={isBusy} onClick={() => void update()}>
      {isBusy ? "Updating…" : "Update"}
    </button>
  );
}

function Recipes({ list: { recipes, categories, installed } }: { readonly list: RecipeList }) {
  const [search, setSearch] = useFilter("search");
  const [category, setCategory] = useFilter("category");
  const [where, setWhere] = useFilter("where");
  const isHereOnly = where !== "anywhere";
  const offered = recipes.filter(({ runsHere }) => !isHereOnly || runsHere);
  const isOf = (recipe: RecipeSummary, wanted: string) => recipe.categories.includes(wanted);
  const shown = offered.filter(
    (recipe) => (category === "" || isOf(recipe, category)) && matches(recipe, search),
  );
  return (
    <>
      <div className="fields low">
        <Field label="Search">
          <input type="search" value={search} onChange={({ target }) => setSearch(target.value)} />
        </Field>
        <Field label="Category">
          <select value={category} onChange={({ target }) => setCategory(target.value)}>
            <option value="">all</option>
            {categories.map(({ name }) => (
              <option key={name} value={name}>
                {name} ({offered.filter((recipe) => isOf(recipe, name)).length})
              </option>
            ))}
          </select>
        </Field>
        <label className="row">
          <input
            type="checkbox"
            checked={isHereOnly}
            onChange={({ target }) => setWhere(target.checked ? "" : "anywhere")}
          />
          Only what runs on this server
        </label>
      </div>
      <p className="muted small" role="status">
        {plural(shown.length, "app")}
      </p>
      {shown.length === 0 ? (
        <Empty title="Nothing fits">
          <p>Try another word, another category, or what does not run here yet.</p>
        </Empty>
      ) : (
        <div className="cards">
          {shown.map((recipe) => (
            <RecipeCard
              key={recipe.id}
              recipe={recipe}
              isNewer={installed.some((app) => app.recipe === recipe.id && app.newer !== undefined)}
            />
          ))}
        </div>
      )}
    </>
  );
}

function matches({ id, title, summary, categories }: RecipeSummary, search: string): boolean {
  const text = [id, title, summary, ...categories].join(" ").toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

interface RecipeCardProps {
  readonly recipe: RecipeSummary;
  /** An app runs what this recipe was before. */
  readonly isNewer: boolean;
}

function RecipeCard({ recipe, isNewer }: RecipeCardProps) {
  const { id, title, summary, icon, categories, runsHere } = recipe;
  return (
    <Link href={at`/catalogue/${id}`} className="card recipe">
      <img src={icon} alt="" width="44" height="44" loading="lazy" />
      <div className="stack">
        <h2>{title}</h2>
        <p>{summary}</p>
        <div className="row">
          {categories.map((name) => (
            <Badge key={name} tone="quiet">
              {name}
            </Badge>
          ))}
          {runsHere ? null : <Badge tone="warn">not on this server</Badge>}
          {isNewer ? <Badge tone="warn">update</Badge> : null}
        </div>
      </div>
    </Link>
  );
}
