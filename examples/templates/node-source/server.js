import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import mime from "mime";

const built = readFileSync(new URL("built.json", import.meta.url), "utf8");

const server = createServer((request, response) => {
  response.setHeader("content-type", mime.getType(request.url) ?? "text/plain");
  response.end(`${built} ${process.env.NODE_ENV}`);
});
server.listen(Number(process.env.PORT), process.env.BIND_ADDRESS);
process.on("SIGTERM", () => server.close(() => process.exit(0)));
