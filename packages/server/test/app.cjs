// An app for the tests of the router: HTTP, a stream and WebSockets on $HOP3_SOCKET. It ends as servers do: no new
// connections, those at work finish.
const { createServer } = require("node:http");
const { WebSocketServer } = require("ws");

const name = process.env.NAME;
let posts = 0;

const answers = {
  "/headers": (request, response) => response.end(JSON.stringify(request.headers)),
  "/slow": (_request, response) => setTimeout(() => response.end(name), 400),
  "/work": (_request, response) => setTimeout(() => response.end(name), 40),
  "/drop": (request) => {
    posts++;
    request.socket.destroy();
  },
  "/count": (_request, response) => response.end(String(posts)),
  "/upload": (request, response) => {
    let size = 0;
    request.on("data", (part) => {
      size += part.length;
    });
    request.on("end", () => response.end(String(size)));
  },
  "/stream": (_request, response) => {
    let sent = 0;
    const timer = setInterval(() => {
      response.write(`data: ${sent++}\n\n`);
      if (sent < Number(process.env.STREAM ?? 5)) return;
      clearInterval(timer);
      response.end();
    }, 100);
  },
};

const server = createServer((request, response) => {
  const answer = answers[request.url];
  if (answer !== undefined) return answer(request, response);
  setTimeout(() => response.end(name), 2);
});
const sockets = new WebSocketServer({ server });
sockets.on("connection", (socket) => {
  socket.on("message", (text) => socket.send(`${name}:${text}`));
});
server.listen(process.env.HOP3_SOCKET, () => process.stdout.write("ready\n"));
process.on("SIGTERM", () => {
  for (const socket of sockets.clients) socket.close();
  server.close(() => process.exit(0));
});
