import type { Command } from "../artifact/runtime-config.ts";
import type { DetectQuestion, Template } from "./template.ts";

/** A template that a tree fits, and why. */
export interface Candidate {
  readonly template: Template;
  readonly reason: string;
}

/** Programs that belong to one language each; what a web command starts with says which app it is. */
const programs: readonly (readonly [names: RegExp, templates: readonly string[]])[] = [
  [
    /^(?:python[\d.]*|gunicorn|uvicorn|hypercorn|daphne|waitress-serve|flask|fastapi|django-admin|streamlit|celery|uv|poetry|pipenv|manage\.py|.*\.py)$/,
    ["python-venv"],
  ],
  [/^(?:node|npm|npx|yarn|pnpm|next|nuxt|tsx|ts-node|.*\.[cm]?js)$/, ["node-source"]],
  [/^(?:bundle|ruby|rails|rake|puma|rackup|unicorn|thin|falcon|sidekiq)$/, ["ruby-bundler"]],
  [/^(?:php|php-fpm|frankenphp|heroku-php-\w+)$/, ["php-app"]],
  [/^(?:java|gradlew?)$/, ["java-gradle", "java-war"]],
  [/^go$/, ["go-source"]],
  [/^cargo$/, ["rust-source"]],
];

/**
 * Of the templates that a tree fits, those that are meant. The command of web, where hop3.toml or
 * Procfile have one, starts a program of one language: templates of others do not make that app,
 * whatever files are there.
 */
export function meantBy(
  question: DetectQuestion,
  fitting: readonly Candidate[],
): readonly Candidate[] {
  const program = webProgram(question);
  const wanted = programs.find(([names]) => program !== undefined && names.test(program))?.[1];
  if (wanted === undefined) return fitting;
  const meant = fitting.filter(({ template }) => wanted.includes(template.id));
  if (meant.length === fitting.length) return fitting;
  return meant.map(({ template, reason }) => ({
    template,
    reason: `${reason}, and web starts ${program}`,
  }));
}

/** Name of the program that web runs, where hop3.toml or Procfile say; a path counts by its last part. */
function webProgram({ loaded, procfile }: DetectQuestion): string | undefined {
  const { start, workers = {} } = loaded.config.run ?? {};
  const web = workers["web"];
  const isTable = typeof web === "object" && !Array.isArray(web);
  const command: Command | undefined =
    start ?? (isTable ? web.command : web) ?? procfile?.workers["web"]?.command;
  const words = typeof command === "string" ? command.trim().split(/\s+/) : (command ?? []);
  const first = words.find((word) => !/^(?:\w+=|exec$|env$)/.test(word));
  return first?.split("/").at(-1);
}
