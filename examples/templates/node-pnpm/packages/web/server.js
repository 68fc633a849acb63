import { createServer } from "node:http";
import { greet } from "@greetings/greet";
import bcrypt from "bcrypt";
import ms from "ms";

const server = createServer((request, response) => {
  response.end(
    `${greet(request.url.slice(1))}, for ${ms(ms("2 days"))}, ${bcrypt.hashSync("x", 4).slice(0, 7)}\n`,
  );
});
server.listen(Number(process.env.PORT), process.env.BIND_ADDRESS);
process.on("SIGTERM", () => server.close(() => process.exit(0)));
