import { greet } from "@greetings/greet";
import express from "express";
import ms from "ms";

const server = express().use((request, response) => {
  response.end(`${greet(request.url.slice(1))}, for ${ms(ms("2 days"))}\n`);
});
const listener = server.listen(Number(process.env.PORT), process.env.BIND_ADDRESS);
process.on("SIGTERM", () => listener.close(() => process.exit(0)));
