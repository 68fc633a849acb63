import { describeBothBuilders } from "./support/describe-both-builders.ts";

/** Examples in languages that run as they are. */
describeBothBuilders({
  examples: [
    "templates/static-site",
    "templates/node-source",
    "templates/node-workspaces",
    "templates/node-yarn",
    "templates/python-venv",
    "templates/php-pages",
    "two-languages",
  ],
  brief: ["templates/node-workspaces", "templates/node-yarn"],
});
