import { randomUUID } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { debianModule, type GoModule, goProxy, goSumOf } from "./registry/go.ts";
import { startRegistry, type TestRegistry } from "./registry/registry.ts";
import { copyTree, makeTree } from "./support/apps.ts";
import { hop3 } from "./support/cli.ts";
import { newDerivations } from "./support/derivations.ts";
import { checkExample, examplesDir } from "./support/examples.ts";
import { useTestServer } from "./support/use-test-server.ts";

let registry: TestRegistry;
let mux: GoModule;
/** The example, with the go.sum of this test's proxy. */
let example = "";

/** A name with capitals, and one module that another one needs. */
const shout: GoModule = {
  name: "example.com/Shout",
  version: "v1.0.0-RC1",
  files: {
    "go.mod": "module example.com/Shout\n\ngo 1.19\n\nrequire example.com/inner v0.1.0\n",
    "shout.go": `package shout\n\nimport "example.com/inner"\n\n// Loud says it.\nfunc Loud(text string) string { return inner.Twice(text) + "!" }\n`,
  },
};
const inner: GoModule = {
  name: "example.com/inner",
  version: "v0.1.0",
  files: {
    "go.mod": "module example.com/inner\n\ngo 1.19\n",
    "inner.go":
      "package inner\n\n// Twice says it twice.\nfunc Twice(text string) string { return text + text }\n",
  },
};

beforeAll(async () => {
  mux = await debianModule("github.com/gorilla/mux", "v1.8.0", {
    from: "golang-github-gorilla-mux-dev",
    // Bytes of this run alone: what the store has already would not be fetched.
    nonce: randomUUID(),
  });
  registry = await startRegistry([goProxy([mux, shout, inner])]);
  example = await copyTree(join(examplesDir, "go-source"));
  await writeFile(join(example, "go.sum"), goSumOf([mux]));
});

afterAll(() => registry.close());

const server = useTestServer("go", {
  settings: () => `[registries]\ngo = "${registry.url("go")}"\n`,
});

/** As its user does where a deployment has asked for it. */
async function lock(dir: string): Promise<void> {
  const { exitCode, stderr } = await hop3(server, "nix", "lock", dir);
  expect(exitCode, stderr).toBe(0);
}

const handler = (text: string) => `
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, ${text}) })
	http.ListenAndServe(os.Getenv("BIND_ADDRESS")+":"+os.Getenv("PORT"), nil)
`;
const shouting = {
  "go.mod": `module example.com/loud

go 1.19

require example.com/Shout v1.0.0-RC1

require example.com/inner v0.1.0 // indirect
`,
  "main.go": `package main

import (
	"fmt"
	"net/http"
	"os"

	shout "example.com/Shout"
)

func main() {${handler('shout.Loud("hop")')}}
`,
};

describe("go-source", () => {
  it("asks for hop3 nix lock, and runs with what that has written", async () => {
    const { failure } = await server.deployed("go-source", example);
    expect(failure).toMatchObject({
      code: "LOCKFILE_NO_HASH",
      hint: expect.stringContaining("hop3 nix lock"),
    });
    await lock(example);
    await checkExample(server, "go-source", example);
    const archive = "/go/github.com/gorilla/mux/@v/v1.8.0.zip";
    // Once to know its hash, once to build with it.
    expect(registry.asked.filter((path) => path === archive)).toHaveLength(2);
  });

  it("has no other derivation of a dependency after a changed line", async () => {
    const asked = registry.asked.length;
    const file = join(example, "main.go");
    await writeFile(file, `${await readFile(file, "utf8")}// changed ${randomUUID()}\n`);
    const deployment = await server.deployed("go-source", example);
    expect(deployment.state).toBe("succeeded");
    const fresh = await newDerivations(server, "go-source", deployment.release);
    expect(fresh.filter((name) => !name.endsWith("-start.drv")).sort()).toEqual([
      "go-source-1.2.0.drv",
      "hop3-release-go-source.drv",
    ]);
    expect(registry.asked).toHaveLength(asked);
  });

  it("takes modules with capitals in their names, and what they need", async () => {
    const dir = await makeTree({ ...shouting, "go.sum": goSumOf([shout, inner]) });
    await lock(dir);
    const deployment = await server.deployed("loud", dir);
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
    expect((await server.get("loud")).text).toBe("hophop!");
  });

  it("lets go refuse a module that is not the one of go.sum", async () => {
    const sum = goSumOf([{ ...shout, files: { ...shout.files, "more.go": "package shout\n" } }]);
    const dir = await makeTree({ ...shouting, "go.sum": sum + goSumOf([inner]) });
    await lock(dir);
    const { failure } = await server.deployed("forged", dir);
    expect(failure?.code).toBe("NIX_BUILD_FAILED");
    expect(failure?.detail).toContain("checksum mismatch");
  });

  it("compiles C, and takes modules from a vendor directory, asking nobody", async () => {
    const asked = registry.asked.length;
    const dir = await makeTree({
      "go.mod": "module example.com/rooted\n\ngo 1.19\n\nrequire example.com/inner v0.1.0\n",
      "go.sum": goSumOf([inner]),
      "vendor/modules.txt": "# example.com/inner v0.1.0\n## explicit; go 1.19\nexample.com/inner\n",
      "vendor/example.com/inner/inner.go": String(inner.files["inner.go"]),
      "cmd/rooted/main.go": `package main

// #cgo LDFLAGS: -lm
// #include <math.h>
import "C"

import (
	"fmt"
	"net/http"
	"os"

	"example.com/inner"
)

func main() {${handler("inner.Twice(fmt.Sprint(float64(C.sqrt(49))))")}}
`,
    });
    const deployment = await server.deployed("rooted", dir);
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
    expect((await server.get("rooted")).text).toBe("77");
    expect(registry.asked).toHaveLength(asked);
  });

  it("pins all modules by one hash, as nixpkgs does", async () => {
    const recipe = (hash: string) => `[nix]\ntemplate = "go-source"\ngo-vendor-hash = "${hash}"\n`;
    const dir = await makeTree({
      ...shouting,
      "go.sum": goSumOf([shout, inner]),
      "hop3.toml": recipe(`sha256-${"A".repeat(43)}=`),
    });
    const { failure } = await server.deployed("vendored", dir);
    expect(failure?.detail).toContain("got:");
    const [, hash = ""] = /got: +(sha256-\S+)/.exec(failure?.detail ?? "") ?? [];
    await rm(join(dir, "hop3.toml"));
    await writeFile(join(dir, "hop3.toml"), recipe(hash));
    const deployment = await server.deployed("vendored", dir);
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
    expect((await server.get("vendored")).text).toBe("hophop!");
  });
});
