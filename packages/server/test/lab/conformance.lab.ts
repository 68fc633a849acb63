import type { ChildProcess } from "node:child_process";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { makeTree } from "../support/apps.ts";
import { nixBuilt, type TestedBuilder } from "../support/conformance-subject.ts";
import { describeConformance } from "../support/describe-conformance.ts";
import { buildAttribute } from "../support/package-set.ts";
import {
  destroyHome,
  makeTestHome,
  startTestServer,
  type TestServer,
} from "../support/test-server.ts";
import { type EngineName, importBase, prepareEngine } from "./engine.ts";

const name: EngineName = process.env["HOP3_LAB_ENGINE"] === "docker" ? "docker" : "podman";
const examples = join(import.meta.dirname, "../../../../examples");
let home = "";
let server: TestServer;
let daemon: ChildProcess | undefined;

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

beforeAll(async () => {
  home = await makeTestHome("conformance");
  daemon = await prepareEngine(name);
  await importBase(name, `${await buildAttribute(home, "busybox")}/bin/busybox`);
  server = await startTestServer({ home });
});

afterAll(async () => {
  await server?.stop();
  await destroyHome(home);
  daemon?.kill();
});

describeConformance({
  examples: ["templates/static-site"],
  builders: [nixBuilt, containerBuilt],
  server: () => server,
  async copy(example) {
    const dir = await makeTree({});
    await cp(join(examples, example), dir, { recursive: true });
    return dir;
  },
});
