// An app for the tests under load. Each answer names what gave it (the mark, a line that every deployment changes) and
// what it answers (the end of the path); its log says what was still open when it was told to stop.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { acceptWebSocket } from "./websocket.mjs";

const { BIND_ADDRESS, FAULT, HOP3_SOCKET, LISTEN, PORT } = process.env;
const mark = readFileSync(new URL("mark.txt", import.meta.url), "utf8").trim();
const filler = "x".repeat(2048);
const chunks = 200;
const connections = new Set();
let open = 0;
let served = 0;
let stoppedAt;
let late = 0;

const server = createServer(async (request, response) => {
  if (stoppedAt !== undefined) late++;
  open++;
  response.once("close", () => {
    open--;
    served++;
  });
  if (request.url === "/stream") return stream(response);
  const isAsked = request.url.startsWith("/echo");
  if (FAULT === "status" && isAsked) response.statusCode = 500;
  if (FAULT === "exit" && isAsked && served > 5) process.exit(3);
  let received = 0;
  for await (const part of request) received += part.length;
  // Long enough for every switch to find requests at work.
  await sleep(Math.random() * 20);
  response.end(`${mark} ${request.method} ${request.url} ${received} ${filler}\n`);
});

async function stream(response) {
  for (let number = 0; number < chunks; number++) {
    response.write(`${mark} ${number}\n`);
    await sleep(100);
  }
  response.end("end\n");
}

server.on("upgrade", (request, socket) => {
  if (stoppedAt !== undefined) late++;
  const connection = acceptWebSocket(request, socket, (text, send) => send(`${mark} ${text}`));
  if (connection === undefined) return;
  connections.add(connection);
  socket.on("close", () => connections.delete(connection));
});

function say(event, more) {
  process.stdout.write(`${JSON.stringify({ event, mark, ...more })}\n`);
}

const address =
  LISTEN === "port" ? { host: BIND_ADDRESS, port: Number(PORT) } : { path: HOP3_SOCKET };
server.listen(address, () => say("ready", {}));

process.on("SIGTERM", () => {
  stoppedAt = Date.now();
  say("stop", { open: open + connections.size, served });
  for (const connection of connections) connection.close(1001);
  server.close(() => {
    say("end", { late });
    process.exit(0);
  });
});
