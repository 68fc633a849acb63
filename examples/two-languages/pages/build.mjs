import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

// The front end: what a bundler does for larger ones.
const notes = JSON.parse(readFileSync("pages/notes.json", "utf8"));
const items = notes.map((note) => `<li>${note}</li>`).join("\n");
mkdirSync("dist", { recursive: true });
writeFileSync(
  "dist/index.html",
  `<!doctype html>\n<title>Two languages</title>\n<ul>\n${items}\n</ul>\n`,
);
