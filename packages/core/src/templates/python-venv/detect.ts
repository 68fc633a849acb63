import type { Detection, DetectQuestion } from "../template.ts";
import { findWebServer, type WebQuestion } from "./command.ts";

const locks = ["uv.lock", "poetry.lock", "requirements.txt"] as const;

export function detectPythonVenv(question: DetectQuestion): Detection {
  const { tree } = question;
  const lock = locks.find((name) => tree.has(name));
  if (lock === undefined) {
    return { fits: false, reason: "no requirements.txt, uv.lock or poetry.lock" };
  }
  if (hasCommand(question)) return { fits: true, reason: `found ${lock}` };
  const server = findWebServer(webQuestion(question, lock));
  if (server !== undefined) return { fits: true, reason: `found ${lock}, and ${server.reason}` };
  return { fits: false, reason: `found ${lock}, but nothing says what to run` };
}

function hasCommand({ tree, loaded: { config } }: DetectQuestion): boolean {
  const { start, workers = {} } = config.run ?? {};
  const target = config.nix?.["exec-target"];
  return (
    tree.has("Procfile") ||
    start !== undefined ||
    workers["web"] !== undefined ||
    target !== undefined
  );
}

/** Packages are looked for in the text: the lockfile is not read before it is known to be the app's. */
function webQuestion({ tree, texts }: DetectQuestion, lock: string): WebQuestion {
  const text = texts?.get(lock) ?? "";
  return {
    has: (path) => tree.has(path),
    text: (path) => texts?.get(path),
    dependsOn: (name) =>
      new RegExp(`^(?:name = "${name}"|${name}(?:\\[|[=<>~ ]))`, "im").test(text),
  };
}
