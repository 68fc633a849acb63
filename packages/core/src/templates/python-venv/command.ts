import { fromNix, type Text, variable } from "../../launcher/text.ts";
import { nix } from "../expressions.ts";

/** A server, and the object that it serves. */
export interface WebServer {
  readonly server: "gunicorn" | "uvicorn";
  readonly target: string;
  readonly reason: string;
}

export interface WebQuestion {
  has(path: string): boolean;
  text(path: string): string | undefined;
  /** Whether the lockfile has this package. */
  dependsOn(name: string): boolean;
}

/** Where apps that are one module have it. */
export const entryFiles = ["app.py", "main.py", "wsgi.py", "asgi.py"] as const;

const frameworks = "Flask|Bottle|FastAPI|Starlette|Quart|Litestar";
const needsAsgi = /^(?:FastAPI|Starlette|Quart|Litestar)$/;
const objectPattern = new RegExp(
  `^(\\w+)\\s*(?::[^=\\n]+)?=\\s*(?:\\w+\\.)?(${frameworks})\\(`,
  "m",
);

/** How the web worker is started where nobody says it and only one answer is possible. */
export function findWebServer(question: WebQuestion): WebServer | undefined {
  const found = [django(question), ...entryFiles.map((file) => singleModule(question, file))];
  const [only, other] = found.filter((one) => one !== undefined);
  return other === undefined ? only : undefined;
}

function django(question: WebQuestion): WebServer | undefined {
  const text = question.text("manage.py");
  const settings = /DJANGO_SETTINGS_MODULE["']\s*,\s*["']([\w.]+)\.settings[\w.]*["']/.exec(
    text ?? "",
  );
  const [, project] = settings ?? [];
  if (project === undefined) return undefined;
  const module = project.replaceAll(".", "/");
  const reason = "manage.py of Django";
  if (question.dependsOn("gunicorn") && question.has(`${module}/wsgi.py`)) {
    return { server: "gunicorn", target: `${project}.wsgi:application`, reason };
  }
  if (question.dependsOn("uvicorn") && question.has(`${module}/asgi.py`)) {
    return { server: "uvicorn", target: `${project}.asgi:application`, reason };
  }
  return undefined;
}

function singleModule(question: WebQuestion, file: string): WebServer | undefined {
  const [, name, framework = ""] = objectPattern.exec(question.text(file) ?? "") ?? [];
  if (name === undefined) return undefined;
  const target = `${file.replace(/\.py$/, "")}:${name}`;
  const server = needsAsgi.test(framework) ? "uvicorn" : "gunicorn";
  return question.dependsOn(server)
    ? { server, target, reason: `${file} with ${framework} and ${server}` }
    : undefined;
}

/** The words that start it on the address of the process. */
export function webCommand({ server, target }: WebServer): readonly Text[] {
  const program: Text = [fromNix(nix.ref("package")), `/venv/bin/${server}`];
  const address = variable("BIND_ADDRESS");
  const port = variable("PORT");
  if (server === "gunicorn") return [program, [target], ["--bind"], [address, ":", port]];
  return [program, [target], ["--host"], [address], ["--port"], [port]];
}
