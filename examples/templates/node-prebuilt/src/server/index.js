// Started in the data directory, where the start script has written config.yml.
const { readFileSync } = require("node:fs");
const { createServer } = require("node:http");
const greet = require("greet");

createServer((_request, response) =>
  response.end(greet(readFileSync("config.yml", "utf8"))),
).listen(process.env.PORT, process.env.BIND_ADDRESS);
