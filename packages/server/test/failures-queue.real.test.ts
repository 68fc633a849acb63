import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type ConfigResult, type DeploymentSummary, phases } from "@hop3/core";
import { describe, expect, it } from "vitest";
import { openHome } from "../src/home.ts";
import { makeTree, pageApp } from "./support/apps.ts";
import { cliFailure, hop3 } from "./support/cli.ts";
import { expectFailure, failureOf } from "./support/expected-failure.ts";
import { useTestServer } from "./support/use-test-server.ts";
import { lookAt } from "./support/world.ts";

const server = useTestServer("queue", { settings: "[server]\nmax-apps = 9\nmax-builds = 2\n" });

/** An app whose build takes a moment, so that others have to wait for it. */
function slowApp(text: string, seconds: number): Promise<string> {
  const salt = Math.random();
  return makeTree({
    "hop3.nix": `{ pkgs }: {
      package = pkgs.runCommand "slow" { } ''
        echo started ${salt}
        \${pkgs.busybox}/bin/sleep ${seconds}
        mkdir $out; echo ${text} > $out/index.html
      '';
      workers.web = "\${pkgs.busybox}/bin/httpd -f -p $BIND_ADDRESS:$PORT -h .";
    }`,
  });
}

/** Resolves when the Deployment has come to this phase, or has ended. */
async function reaches(id: number, phase: (typeof phases)[number]): Promise<void> {
  for (;;) {
    const { phases: done, state } = await server.json<DeploymentSummary>(
      "GET",
      `/deployments/${id}`,
    );
    if (["failed", "succeeded", "cancelled"].includes(state)) return;
    if (done.at(-1)?.name === phases[phases.indexOf(phase) - 1]) return;
    await sleep(20);
  }
}

describe("deployments of one app at once", () => {
  it("wait for each other, and the newest takes the place of those that wait", async () => {
    await server.deployed("page", await pageApp("zero"));
    const first = await server.deploy("page", await slowApp("one", 2));
    const second = await server.deploy("page", await pageApp("two"));
    const third = await server.deploy("page", await pageApp("three"));
    expect(await server.ended(first.id)).toMatchObject({ state: "succeeded" });
    const superseded = await server.ended(second.id);
    expect(superseded.state).toBe("superseded");
    expectFailure(superseded.failure, {
      code: "DEPLOY_SUPERSEDED",
      message: String(third.id),
      hint: "newer",
    });
    const last = await server.ended(third.id);
    expect(last).toMatchObject({ state: "succeeded" });
    const events = await server.api("GET", `/deployments/${third.id}/events`);
    expect(events.text).toMatch(/event: queued\ndata: .*"behind":1/);
    expect(await lookAt(server, "page")).toMatchObject({
      answer: "three\n",
      uploads: [],
      openDeployments: [],
    });
  });

  it("can be cancelled while they build and while they wait", async () => {
    const before = await lookAt(server, "page");
    const building = await server.deploy("page", await slowApp("never", 600));
    const waiting = await server.deploy("page", await pageApp("never either"));
    await reaches(building.id, "build");
    const began = performance.now();
    for (const { id } of [waiting, building])
      await server.json("POST", `/deployments/${id}/cancel`);
    const ended = [await server.ended(building.id), await server.ended(waiting.id)];
    // Much less than the build would have gone on.
    expect(performance.now() - began).toBeLessThan(120_000);
    expect(ended.map(({ state }) => state)).toEqual(["cancelled", "cancelled"]);
    for (const { failure } of ended) {
      expectFailure(failure, { code: "DEPLOY_CANCELLED", message: "cancelled", hint: /./ });
    }
    expect(await lookAt(server, "page")).toEqual(before);
    const again = await server.deployed("page", await pageApp("after the cancel"));
    expect(again).toMatchObject({ state: "succeeded" });
  });

  it("run beside those of another app", async () => {
    const [one, other] = await Promise.all([
      server.deploy("left", await slowApp("left", 2)),
      server.deploy("right", await slowApp("right", 2)),
    ]);
    await Promise.all([reaches(one.id, "build"), reaches(other.id, "build")]);
    const states = await Promise.all(
      [one, other].map(({ id }) => server.json<DeploymentSummary>("GET", `/deployments/${id}`)),
    );
    expect(states.map(({ state }) => state)).toEqual(["running", "running"]);
    await Promise.all([server.ended(one.id), server.ended(other.id)]);
    expect((await server.get("left")).text).toBe("left\n");
    expect((await server.get("right")).text).toBe("right\n");
  });
});

describe("a change of the configuration that breaks the app", () => {
  it("is kept, and the old release goes on", async () => {
    const tree = await makeTree({
      "hop3.nix": `{ pkgs }: {
        package = pkgs.busybox;
        workers.web = "test \\"$MODE\\" != broken || exit 5; echo \\"mode $MODE\\" > $TMPDIR/index.html; exec httpd -f -p $BIND_ADDRESS:$PORT -h $TMPDIR";
      }`,
    });
    const first = await server.json("PATCH", "/apps/moody/config", { values: { MODE: "good" } });
    expect(first).toMatchObject({ created: true });
    expect(await server.deployed("moody", tree)).toMatchObject({ state: "succeeded", release: 1 });
    const before = await lookAt(server, "moody");
    expect(before.answer).toBe("mode good\n");

    const change = await server.json<ConfigResult>("PATCH", "/apps/moody/config", {
      values: { MODE: "broken" },
    });
    expect(change).not.toHaveProperty("created");
    const failed = await server.ended(change.deployment?.id ?? 0);
    expect(failed).toMatchObject({ state: "failed", kind: "config" });
    expectFailure(failed.failure, {
      code: "PROCESS_EXITED",
      message: "exit code 5",
      hint: /hop3 config (set|unset)/,
    });
    expect(await lookAt(server, "moody")).toEqual(before);
    const stored = await server.api("GET", "/apps/moody/config?reveal=true");
    expect(stored.text).toContain('"broken"');

    const mended = await server.json<ConfigResult>("PATCH", "/apps/moody/config", {
      values: { MODE: "better" },
    });
    expect(await server.ended(mended.deployment?.id ?? 0)).toMatchObject({ state: "succeeded" });
    expect((await server.get("moody")).text).toBe("mode better\n");
  });
});

describe("releases that cannot be restored", () => {
  it("because their closure is not kept any more", async () => {
    await server.deployed("old", await pageApp("one"));
    await server.deployed("old", await pageApp("two"));
    rmSync(join(openHome(server.home, process.env).app("old").release(1), "root"));
    const answer = await server.api("POST", "/apps/old/rollback", { release: 1 });
    expect(answer.status).toBe(409);
    expectFailure(failureOf(answer), {
      code: "RELEASE_NOT_RESTORABLE",
      message: "gone from the disk",
      hint: "hop3 releases old",
    });
    expect((await server.get("old")).text).toBe("two\n");
  });
});

describe("what belongs to somebody else", () => {
  it("is a domain, added by hand or by hop3.toml", async () => {
    await server.json("POST", "/apps/left/domains", { domain: "www.example.org" });
    const taken = await server.api("POST", "/apps/right/domains", { domain: "WWW.example.org" });
    const expected = {
      code: "DOMAIN_TAKEN",
      message: "www.example.org already belongs to 'left'",
      hint: "hop3 domains remove www.example.org --app left",
    };
    expect(taken.status).toBe(409);
    expectFailure(failureOf(taken), expected);
    const toml = { "hop3.toml": '[domains]\nlist = ["www.example.org"]\n' };
    const before = await lookAt(server, "right");
    const failed = await server.deployed("right", await pageApp("mine", toml));
    expectFailure(failed.failure, expected);
    expect(await lookAt(server, "right")).toEqual(before);
  });

  it("is the last place on the server", async () => {
    for (const name of ["aa", "bb", "cc", "dd"]) {
      await server.json("PATCH", `/apps/${name}/config`, { values: { A: "1" } });
    }
    const answer = await server.api("PATCH", "/apps/ee/config", { values: { A: "1" } });
    expect(answer.status).toBe(409);
    const expected = { code: "APPS_LIMIT", message: "room for 9 apps", hint: "hop3 destroy" };
    expectFailure(failureOf(answer), expected);
    expect((await server.api("DELETE", "/apps/dd")).status).toBe(204);
    await server.json("PATCH", "/apps/ee/config", { values: { A: "1" } });
  });
});

describe("what looks wrong and is right", () => {
  const page = 'workers.web = "${pkgs.busybox}/bin/httpd -f -p $BIND_ADDRESS:$PORT -h ${./.}";';
  const rows: Readonly<Record<string, { files: Record<string, string>; answer: string }>> = {
    "a package with the outputs bin and doc": {
      files: {
        "hop3.nix": `{ pkgs }: let
          serve = pkgs.writeShellScript "serve" "exec httpd \\"$@\\"";
        in {
          package = pkgs.stdenv.mkDerivation {
            name = "two"; src = ./.; outputs = [ "bin" "doc" ];
            installPhase = "mkdir -p $bin/bin $doc; ln -s \${serve} $bin/bin/serve";
          };
          workers.web = "serve -f -p $BIND_ADDRESS:$PORT -h \${./.}";
        }`,
        "index.html": "two outputs\n",
      },
      answer: "two outputs\n",
    },
    "a variable of the host, which is empty": {
      files: {
        "hop3.nix": `{ pkgs }: {
          package = pkgs.writeTextDir "index.html" "home: '\${builtins.getEnv "HOME"}'";
          workers.web = "\${pkgs.busybox}/bin/httpd -f -p $BIND_ADDRESS:$PORT";
        }`,
      },
      answer: "home: ''",
    },
    "a flake that wants nixpkgs alone": {
      files: {
        "hop3.toml": '[build.nix]\nfile = "flake.nix"\n',
        "flake.nix": `{
          outputs = { self, nixpkgs }:
            let pkgs = nixpkgs.legacyPackages.x86_64-linux;
            in {
              packages.x86_64-linux.default = pkgs.busybox;
              hop3 = { ${page} };
            };
        }`,
        "index.html": "flake\n",
      },
      answer: "flake\n",
    },
  };
  it.each(Object.entries(rows))("%s", async (_name, { files, answer }) => {
    const deployment = await server.deployed("left", await makeTree(files));
    expect(deployment.failure).toBeUndefined();
    expect((await server.get("left")).text).toBe(answer);
  });
});

describe("the command", () => {
  const rows: Readonly<
    Record<
      string,
      { args: string[]; exitCode: number; code: string; message: RegExp; hint: RegExp }
    >
  > = {
    "with no such directory": {
      args: ["deploy", "/tmp/hop3-no-such-directory", "--app", "page"],
      exitCode: 3,
      code: "SOURCE_NOT_FOUND",
      message: /no directory .*hop3-no-such-directory/,
      hint: /hop3 deploy DIR/,
    },
    "with a file for a directory": {
      args: ["deploy", import.meta.filename, "--app", "page"],
      exitCode: 2,
      code: "SOURCE_NOT_DIRECTORY",
      message: /is a file/,
      hint: /directory that holds/,
    },
    "with a bad app name": {
      args: ["deploy", "/tmp", "--app", "No Good"],
      exitCode: 2,
      code: "APP_NAME_INVALID",
      message: /'No Good'/,
      hint: /--app no-good/,
    },
    "with an unknown app": {
      args: ["info", "pagee"],
      exitCode: 3,
      code: "APP_NOT_FOUND",
      message: /'pagee'/,
      hint: /Did you mean 'page'/,
    },
    "rolling back without a target": {
      args: ["rollback", "--app", "right"],
      exitCode: 6,
      code: "ROLLBACK_NO_TARGET",
      message: /'right'/,
      hint: /hop3 rollback N/,
    },
  };
  it.each(Object.entries(rows))("%s", async (_name, { args, exitCode, ...expected }) => {
    const result = await hop3(server, ...args, "--json");
    expect(result.exitCode, result.stderr).toBe(exitCode);
    expectFailure(cliFailure(result), expected);
  });

  it("in an empty directory", async () => {
    const result = await hop3(server, "deploy", await makeTree({}), "--app=page", "--json");
    expect(result.exitCode).toBe(2);
    expectFailure(cliFailure(result), {
      code: "SOURCE_EMPTY",
      message: "no files",
      hint: /hop3\.nix/,
    });
  });
});
