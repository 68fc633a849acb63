import { describeBothBuilders } from "./support/describe-both-builders.ts";

/** Examples of which something is compiled. */
describeBothBuilders({
  examples: [
    "templates/ruby-bundler",
    "templates/go-source",
    "templates/rust-source",
    "templates/java-gradle",
    "templates/java-war",
  ],
  brief: ["templates/java-war"],
});
