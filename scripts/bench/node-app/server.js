const express = require("express");
const bcrypt = require("bcrypt");

const app = express();
app.get("/", (_request, response) => {
  response.end(`bench-node ${bcrypt.hashSync("x", 4).slice(0, 7)}\n`);
});
const server = app.listen(Number(process.env.PORT), process.env.BIND_ADDRESS);
process.on("SIGTERM", () => server.close(() => process.exit(0)));
