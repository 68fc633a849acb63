import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { readData } from "./data.mjs";
import { acceptWebSocket } from "./websocket.mjs";

const release = Number(process.env.HOP3_RELEASE);
const open = new Set();

const routes = {
  "/": home,
  "/health": async (response) => reply(response, "text/plain", "ok\n"),
  "/heartbeat": heartbeat,
  "/slow": slow,
};

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, "http://app");
  const route = routes[pathname];
  if (route === undefined) {
    response.writeHead(404, { "content-type": "text/plain" }).end("not here\n");
    return;
  }
  route(response).catch((error) => {
    console.error(error);
    response.destroy();
  });
});

server.on("upgrade", (request, socket) => {
  const connection = acceptWebSocket(request, socket, (text, send) =>
    send(`release ${release}: ${text}`),
  );
  if (connection === undefined) return;
  open.add(connection);
  socket.on("close", () => open.delete(connection));
});

server.listen(process.env.HOP3_SOCKET, () => console.log(`web of release ${release} is listening`));

// Requests in flight are answered to their end; what is idle or would never end is closed.
process.on("SIGTERM", () => {
  console.log(`web of release ${release} stops`);
  server.close();
  server.closeIdleConnections();
  for (const connection of open) connection.close(1001);
});

function reply(response, type, body) {
  response.writeHead(200, { "content-type": `${type}; charset=utf-8` }).end(body);
}

async function home(response) {
  const migrations = await readData("migrations.json", []);
  const last = migrations.at(-1);
  reply(
    response,
    "text/html",
    `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>node-live</title>
<style>body { font: 1.1rem/1.6 system-ui; max-width: 40rem; margin: 4rem auto; padding: 0 1rem }</style>
<h1>Hello from Node, release ${release}</h1>
<p>Last migration: release ${last?.release} at ${last?.at} (${migrations.length} in all)</p>
<p>Heartbeat of the worker: <output id="beat">…</output></p>
<p>WebSocket: <output id="socket">connecting</output></p>
<script>
  const show = (id, text) => { document.getElementById(id).textContent = text };
  const socket = new WebSocket(location.href.replace(/^http/, "ws").replace(/\\/$/, "") + "/ws");
  socket.onopen = () => socket.send("hello");
  socket.onmessage = (event) => show("socket", event.data);
  socket.onclose = () => show("socket", "closed");
  setInterval(async () => show("beat", await (await fetch("/heartbeat")).text()), 1000);
</script>
`,
  );
}

/** Waits for the first beat of this Release: its worker starts at the same time as this process. */
async function heartbeat(response) {
  for (let tries = 0; tries < 50; tries += 1) {
    const beat = await readData("heartbeat.json", undefined);
    if (beat !== undefined && beat.release === release) {
      const age = ((Date.now() - beat.at) / 1000).toFixed(1);
      reply(response, "text/plain", `worker of release ${release} was alive ${age} s ago\n`);
      return;
    }
    await sleep(100);
  }
  response.writeHead(503, { "content-type": "text/plain" }).end("no heartbeat\n");
}

/** A line each second for 20 seconds: shows that a switch of Releases cuts nothing off. */
async function slow(response) {
  response.writeHead(200, { "content-type": "text/plain" });
  for (let second = 1; second <= 20; second += 1) {
    response.write(`release ${release}, second ${second}\n`);
    await sleep(1000);
  }
  response.end("done\n");
}
