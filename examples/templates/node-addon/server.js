import { createServer } from "node:http";
import bcrypt from "bcrypt";

// Compiled in the sandbox, against the headers of the very Node that runs it.
const server = createServer(async (request, response) => {
  const word = decodeURIComponent(request.url.slice(1)) || "hop3";
  const hash = await bcrypt.hash(word, 4);
  response.end(`${word}: ${hash.slice(0, 7)} ${await bcrypt.compare(word, hash)}\n`);
});
server.listen(Number(process.env.PORT), process.env.BIND_ADDRESS);
process.on("SIGTERM", () => server.close(() => process.exit(0)));
