import type { AppSummary, DeploymentSummary, RecipeDetail } from "@hop3/core/api";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link, useLocation, useParams } from "wouter";
import { at, get, send } from "../api.ts";
import { Badge } from "../components/badge.tsx";
import { AppNameField } from "../components/forms/app-name-field.tsx";
import { InstalledApps } from "../components/forms/installed-apps.tsx";
import { answersToSend, firstAnswers } from "../components/forms/recipe-answers.ts";
import { RecipeField } from "../components/forms/recipe-field.tsx";
import { Page } from "../components/page.tsx";
import { Answer, ErrorNote } from "../components/states.tsx";
import { useMay } from "../session.tsx";

/** One app of the catalogue: what it is, and the form that installs it. */
export function RecipePage() {
  const { recipe: id = "" } = useParams();
  const recipe = useQuery({
    queryKey: ["catalogue", id],
    queryFn: () => get<RecipeDetail>(at`/catalogue/${id}`),
  });
  const apps = useQuery({
    queryKey: ["apps"],
    queryFn: () => get<{ apps: AppSummary[] }>("/apps"),
  });
  return (
    <Page
      title={recipe.data?.title ?? id}
      beside={
        recipe.data && (
          <img src={recipe.data.icon} alt="" width="44" height="44" className="first" />
        )
      }
    >
      <p className="muted small">
        <Link href="/catalogue">Catalogue</Link>
      </p>
      <Answer of={recipe}>
        {(data) => (
          <div className="two-columns">
            <About recipe={data} />
            <div className="stack">
              <InstalledApps recipe={data.id} />
              {/* The name that is suggested depends on those that are taken. */}
              <Answer of={apps}>
                {(taken) => (
                  <Install recipe={data} taken={new Set(taken.apps.map(({ name }) => name))} />
                )}
              </Answer>
            </div>
          </div>
        )}
      </Answer>
    </Page>
  );
}

function About({ recipe }: { readonly recipe: RecipeDetail }) {
  const { summary, description, homepage, license, version, categories, after } = recipe;
  return (
    <section className="stack">
      <p>
        <strong>{summary}</strong>
      </p>
      {description.split(/\n{2,}/).map((paragraph) => (
        <p key={paragraph}>{paragraph}</p>
      ))}
      {after === undefined ? null : (
        <div className="note">
          <strong>After the installation</strong>
          <p>{after}</p>
        </div>
      )}
      <dl className="facts">
        <dt>Version</dt>
        <dd>{version}</dd>
        <dt>License</dt>
        <dd>{license}</dd>
        <dt>Home page</dt>
        <dd>
          <a href={homepage} rel="noreferrer">
            {homepage}
          </a>
        </dd>
        <dt>Categories</dt>
        <dd className="row">
          {categories.map((name) => (
            <Badge key={name} tone="quiet">
              {name}
            </Badge>
          ))}
        </dd>
      </dl>
    </section>
  );
}

interface InstallProps {
  readonly recipe: RecipeDetail;
  readonly taken: ReadonlySet<string>;
}

function Install({ recipe, taken }: InstallProps) {
  const [name, setName] = useState(() => freeName(recipe.id, taken));
  const [answers, setAnswers] = useState(() => firstAnswers(recipe.inputs));
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const [, go] = useLocation();
  const may = useMay("app.deploy", name);
  const install = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      const body = { app: name, inputs: answersToSend(answers) };
      const where = at`/catalogue/${recipe.id}/install`;
      const { id } = await send<DeploymentSummary>("POST", where, body);
      go(at`/apps/${name}/deployments/${id}`);
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return (
    <form className="card" onSubmit={(event) => void install(event)}>
      <h2>Install it</h2>
      {recipe.runsHere ? null : (
        <div className="note warn">
          It cannot run here: the package set of this server does not have all that it needs.
        </div>
      )}
      <AppNameField value={name} onChange={setName} />
      {recipe.inputs.map((question) => (
        <RecipeField
          key={question.name}
          question={question}
          value={answers[question.name] ?? ""}
          onChange={(answer) => setAnswers({ ...answers, [question.name]: answer })}
        />
      ))}
      {error === undefined ? null : <ErrorNote error={error} />}
      {may ? null : <p className="muted">Your role does not let you install an app.</p>}
      <div>
        <button
          type="submit"
          className="button primary"
          disabled={isBusy || !may || !recipe.runsHere || taken.has(name)}
        >
          {isBusy ? "Installing…" : "Install"}
        </button>
      </div>
    </form>
  );
}

/** `wiki`, or the first of `wiki-2`, `wiki-3`, … that is free. */
function freeName(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted;
  for (let number = 2; taken.has(name); number++) name = `${wanted}-${number}`;
  return name;
}
