import { z } from "zod";
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
 * Of several templates that a tree fits, the one that is meant, where that is certain: the command
 * of web starts a program of its language, or the others are there for the front end alone.
 */
export function decide(
  question: DetectQuestion,
  fitting: readonly Candidate[],
): Candidate | undefined {
  return byCommand(question, fitting) ?? withoutFrontEnd(question, fitting);
}

function byCommand(question: DetectQuestion, fitting: readonly Candidate[]): Candidate | undefined {
  const program = webProgram(question);
  if (program === undefined) return undefined;
  const wanted = programs.find(([names]) => names.test(program))?.[1] ?? [];
  const [only, other] = fitting.filter(({ template }) => wanted.includes(template.id));
  if (only === undefined || other !== undefined) return undefined;
  return { ...only, reason: `${only.reason}, and web starts ${program}` };
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

const Manifest = z.object({ scripts: z.record(z.string(), z.string()).default({}) });

/** A package.json without a start script beside another app builds that app's pages. */
function withoutFrontEnd(
  { texts }: DetectQuestion,
  fitting: readonly Candidate[],
): Candidate | undefined {
  const text = texts?.get("package.json");
  if (text === undefined || hasStartScript(text)) return undefined;
  const [only, other] = fitting.filter(({ template }) => template.id !== "node-source");
  if (only === undefined || other !== undefined) return undefined;
  return { ...only, reason: `${only.reason}; package.json has no start script of its own` };
}

/** A text that is no JSON is left to whoever reads it for good, with its place. */
function hasStartScript(text: string): boolean {
  try {
    const parsed = Manifest.safeParse(JSON.parse(text));
    return !parsed.success || parsed.data.scripts["start"] !== undefined;
  } catch {
    return true;
  }
}
