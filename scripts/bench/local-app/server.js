// The libraries of an ordinary web service; no database is asked.
const express = require("express");
const helmet = require("helmet");
const joi = require("joi");
const knex = require("knex");
const nodemailer = require("nodemailer");
const logger = require("pino-http");

knex({ client: "pg", connection: "postgres://nobody@127.0.0.1/none" });
nodemailer.createTransport({ jsonTransport: true });
const query = joi.object({ name: joi.string().default("bench-local") });

const app = express();
app.use(helmet(), logger({ level: "error" }));
app.get("/", (request, response) => {
  response.end(`hello ${query.validate(request.query).value.name}\n`);
});
const server = app.listen(Number(process.env.PORT), process.env.BIND_ADDRESS);
process.on("SIGTERM", () => server.close(() => process.exit(0)));
