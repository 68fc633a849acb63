import { randomUUID } from "node:crypto";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

const { BIND_ADDRESS, HOP3_DATA_DIR = ".", PORT } = process.env;
const question = process.env.POLL_QUESTION || "Where do we eat?";
const answers = (process.env.POLL_ANSWERS || "Here, There")
  .split(",")
  .map((answer) => answer.trim())
  .filter((answer) => answer !== "");
const isOpen = process.env.POLL_RESULTS === "at once";

/** A line for each vote: who, and for which answer. The last one of a voter counts. */
const file = join(HOP3_DATA_DIR, "votes.txt");
const largestFile = 16 * 1024 * 1024;
const largestForm = 1024;

function readVotes() {
  const lines = readFileSync(file, "utf8").split("\n");
  return new Map(lines.filter((line) => line !== "").map((line) => splitOnce(line)));
}

function splitOnce(line) {
  const space = line.indexOf(" ");
  return [line.slice(0, space), line.slice(space + 1)];
}

function escapeHtml(text) {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)};`);
}

function page(votes, voter) {
  const own = votes.get(voter);
  const counts = answers.map(
    (answer) => [...votes.values()].filter((vote) => vote === answer).length,
  );
  const most = Math.max(1, ...counts);
  const rows = answers.map((answer, at) => {
    const shown = isOpen || own !== undefined;
    const result = shown ? `<meter max="${most}" value="${counts[at]}"></meter> ${counts[at]}` : "";
    const mark = answer === own ? ' aria-pressed="true"' : "";
    const text = escapeHtml(answer);
    return `<p><button name="answer" value="${text}"${mark}>${text}</button> ${result}</p>`;
  });
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(question)}</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 18px/1.6 system-ui, sans-serif; max-width: 34rem; margin: 14vh auto; padding: 0 1rem; }
  button { font: inherit; padding: 0.3em 1em; min-width: 12rem; text-align: left; }
  button[aria-pressed] { font-weight: 700; }
</style>
<h1>${escapeHtml(question)}</h1>
<form method="post">${rows.join("\n")}</form>
</html>
`;
}

function voterOf(request) {
  return /(?:^|; )voter=([0-9a-f-]{36})(?:;|$)/.exec(request.headers.cookie ?? "")?.[1];
}

async function readForm(request) {
  let text = "";
  for await (const chunk of request) {
    text += chunk;
    if (text.length > largestForm) return undefined;
  }
  return new URLSearchParams(text).get("answer") ?? undefined;
}

async function vote(request, response) {
  const answer = await readForm(request);
  const isForeign = !["same-origin", "none", undefined].includes(request.headers["sec-fetch-site"]);
  const isFull = readFileSync(file).length > largestFile;
  if (isForeign || isFull || answer === undefined || !answers.includes(answer)) {
    response.writeHead(isFull ? 503 : 400).end("This vote does not count.\n");
    return;
  }
  const voter = voterOf(request) ?? randomUUID();
  appendFileSync(file, `${voter} ${answer}\n`);
  const cookie = `voter=${voter}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax`;
  response.writeHead(303, { location: "/", "set-cookie": cookie }).end();
}

const server = createServer((request, response) => {
  if (request.url !== "/") {
    response.writeHead(404).end("There is nothing here.\n");
  } else if (request.method === "POST") {
    vote(request, response).catch(() => response.destroy());
  } else {
    const headers = { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" };
    response.writeHead(200, headers).end(page(readVotes(), voterOf(request)));
  }
});

writeFileSync(file, "", { flag: "a" });
server.listen(Number(PORT), BIND_ADDRESS);
process.on("SIGTERM", () => {
  server.close();
  server.closeIdleConnections();
});
