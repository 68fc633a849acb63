import { join } from "node:path";
import { copyTree } from "../support/apps.ts";
import { nixBuilt, type TestedBuilder } from "../support/conformance-subject.ts";
import { describeConformance } from "../support/describe-conformance.ts";
import { useEngine } from "./use-engine.ts";

const examples = join(import.meta.dirname, "../../../../examples");

/** The same pages, served out of an image. */
const containerBuilt: TestedBuilder = {
  name: "docker",
  config: '[build]\nmethod = "docker"\n',
  isOnHost: false,
  files: {
    Dockerfile: `FROM localhost/base:1
COPY index.html /site/index.html
COPY css /site/css
WORKDIR /site
EXPOSE 8080
CMD ["httpd", "-f", "-p", "8080", "-h", "/site"]
`,
  },
};

const { server } = useEngine("conformance");

describeConformance({
  examples: ["templates/static-site"],
  builders: [nixBuilt, containerBuilt],
  server: () => server,
  copy: (example) => copyTree(join(examples, example)),
});
