import type { Problem } from "@hop3/core/api";

/** What the server answered instead of what was asked for. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.problem = problem;
  }
}

/** Whether the server does not know who asks. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof ApiError && error.problem.status === 401;
}

const base = "/api/v1";

/** A path whose inserted parts cannot become anything but one segment each. */
export function at(parts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return String.raw({ raw: parts.raw }, ...values.map((value) => encodeURIComponent(value)));
}

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export function address(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined) search.set(key, String(value));
  }
  const text = search.toString();
  return `${base}${path}${text === "" ? "" : `?${text}`}`;
}

/** Reads JSON. Server and page are of one version, so its shape is what the contract says. */
export async function get<Answer>(path: string, query?: Query): Promise<Answer> {
  return answerOf<Answer>(await fetch(address(path, query)));
}

/** Reads what is no JSON: a log. */
export async function getText(path: string): Promise<string> {
  const response = await fetch(address(path));
  return response.ok ? await response.text() : await answerOf<never>(response);
}

/** Changes something. `undefined` comes back where the server has nothing to say. */
export async function send<Answer = undefined>(
  method: "POST" | "PATCH" | "PUT" | "DELETE",
  path: string,
  body?: unknown,
): Promise<Answer> {
  const response = await fetch(address(path), {
    method,
    ...(body === undefined
      ? {}
      : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  return answerOf<Answer>(response);
}

/** Reads the body of an answer, or throws what the server said instead. */
export async function answerOf<Answer>(response: Response): Promise<Answer> {
  if (response.status === 204) return undefined as Answer;
  const text = await response.text();
  if (response.ok) return (text === "" ? undefined : JSON.parse(text)) as Answer;
  throw new ApiError(problemOf(text, response));
}

function problemOf(text: string, response: Response): Problem {
  try {
    const problem = JSON.parse(text) as Partial<Problem>;
    if (typeof problem.code === "string") return problem as Problem;
  } catch {
    // Something between the page and the server has answered.
  }
  return {
    type: "about:blank",
    title: `The server answered ${response.status} ${response.statusText}`,
    status: response.status,
    code: "UNEXPECTED",
    exitCode: 1,
  };
}
