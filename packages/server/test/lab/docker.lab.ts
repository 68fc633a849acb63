import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { AppDetail, DeploymentSummary, ReleaseDetail } from "@hop3/core";
import { describe, expect, it } from "vitest";
import { run } from "../../src/proc/run.ts";
import { makeTree } from "../support/apps.ts";
import { hop3 } from "../support/cli.ts";
import { engine, holdings, removePrograms } from "./engine.ts";
import { useEngine } from "./use-engine.ts";

const { name, server, stopDaemon } = useEngine("docker");

/** Its answers: a page, its environment, who it is, and a file that outlives it. */
const script = `#!/bin/sh
trap 'echo asked to stop; exit 0' TERM INT
echo started as "$@"
httpd -f -p "$BIND_ADDRESS:$PORT" -h /www &
wait $!
`;
const cgi = (command: string): string =>
  `#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n'\n${command}\n`;

function app(
  text: string,
  more: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  return {
    Dockerfile: `FROM localhost/base:1 AS files
COPY . /src/
FROM localhost/base:1
RUN mkdir -p /www /var/lib/notes && echo first > /var/lib/notes/of-the-image
COPY --from=files /src/cgi-bin /www/cgi-bin
COPY page.html /www/index.html
COPY start.sh /start.sh
ENV COLOUR=green GREETING="hello world"
WORKDIR /www
EXPOSE 8080
VOLUME /var/lib/notes
STOPSIGNAL SIGINT
HEALTHCHECK --start-period=5s CMD wget -q http://localhost:8080/index.html || exit 1
ENTRYPOINT ["/bin/sh", "/start.sh"]
CMD ["one", "two words"]
`,
    "start.sh": script,
    "page.html": `${text}\n`,
    "cgi-bin/env": cgi("env"),
    "cgi-bin/id": cgi("id; pwd"),
    "cgi-bin/notes": cgi('touch "/var/lib/notes/$QUERY_STRING"; ls /var/lib/notes'),
    "cgi-bin/data": cgi('touch "$HOP3_DATA_DIR/$QUERY_STRING"; ls "$HOP3_DATA_DIR"'),
    ...more,
  };
}

async function tree(files: Readonly<Record<string, string>>): Promise<string> {
  const dir = await makeTree(files);
  await run({ argv: ["chmod", "-R", "a+rx", dir] });
  return dir;
}

async function deploy(
  id: string,
  files: Readonly<Record<string, string>>,
): Promise<DeploymentSummary> {
  return server.deployed(id, await tree(files));
}

async function deployedWell(
  id: string,
  files: Readonly<Record<string, string>>,
): Promise<DeploymentSummary> {
  const deployment = await deploy(id, files);
  expect(deployment.failure, JSON.stringify(deployment.failure, null, 2)).toBeUndefined();
  return deployment;
}

async function pidOf(id: string): Promise<number> {
  const detail = await server.json<AppDetail>("GET", `/apps/${id}`);
  const pid = detail.processes.find(({ worker }) => worker === "web")?.pid;
  if (pid === undefined) throw new Error(`no process of ${id}`);
  return pid;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let round = 0; round < 600; round++) {
    if (await condition()) return;
    await sleep(50);
  }
  throw new Error("it does not come about");
}

const containersOf = async (id: string): Promise<string[]> =>
  (await engine(name, "ps", "-a", "--filter", `name=hop3-${id}-`, "--format", "{{.ID}}"))
    .split("\n")
    .filter((line) => line !== "");

describe(`the docker builder with ${name}`, () => {
  it("builds an image and takes everything of it into the Release", async () => {
    await deployedWell("page", app("one"));
    expect((await server.get("page")).text).toBe("one\n");
    const { artifact } = await server.json<ReleaseDetail>("GET", "/apps/page/releases/1");
    expect(artifact).toMatchObject({
      kind: "docker",
      builder: "docker",
      location: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      provenance: { tier: "unpinned", system: "linux/amd64" },
      runtime: {
        env_vars: { COLOUR: "green", GREETING: "hello world" },
        working_dir: "/www",
        shell: "/bin/sh",
        workers: {
          web: { command: ["/bin/sh", "/start.sh", "one", "two words"], stop_signal: "INT" },
        },
        healthcheck: { path: "/index.html", start_period: 95, retries: 1 },
      },
    });
    expect(artifact?.build_id).toBe(artifact?.location);
    expect(await engine(name, "images", "--format", "{{.Repository}}")).toContain("hop3/page");
  });

  it("gives the platform's facts, the image's variables and secrets, and shows none of them to others", async () => {
    const pem = '-----BEGIN KEY-----\n"quoted" $HOME `x`\n-----END KEY-----';
    const stored = await hop3(
      { home: server.home, stdin: pem },
      "config",
      "set",
      "--app",
      "page",
      "SECRET_KEY",
    );
    expect(stored.exitCode, stored.stderr).toBe(0);
    const odd = {
      LD_PRELOAD: "/nowhere.so",
      DOCKER_HOST: "tcp://127.0.0.1:1",
      ENV: "/nowhere",
      name: "n",
      h3_run: "x",
    };
    const lines = Object.entries(odd).map(([key, value]) => `${key}=${value}\n`);
    await writeFile("/tmp/odd.env", lines.join(""));
    const set = await hop3(server, "config", "set", "--app", "page", "--file", "/tmp/odd.env");
    expect(set.exitCode, set.stderr).toBe(0);
    await deployedWell("page", app("two"));
    const env = (await server.get("page", "/cgi-bin/env")).text;
    expect(env).toContain(`SECRET_KEY=${pem}`);
    for (const [key, value] of Object.entries(odd)) expect(env).toContain(`${key}=${value}\n`);
    expect(env).toContain("GREETING=hello world\n");
    expect(env).toMatch(/^HOP3_APP=page$/m);
    expect(env).toMatch(/^HOP3_DATA_DIR=\/data$/m);
    expect(env).toMatch(/^PORT=8080$/m);
    expect(env).toMatch(/^BIND_ADDRESS=0\.0\.0\.0$/m);
    expect(env).not.toMatch(/^HOP3_(?:SET_|SOCKET=|RUNTIME)/m);
    expect((await server.get("page", "/cgi-bin/id")).text).toContain("/www");
    const seen = await run({ argv: ["/bin/sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '"] });
    expect(seen.stdout).toContain("hop3-page-");
    expect(seen.stdout).not.toContain("BEGIN KEY");
  });

  it("builds nothing for the same Source", async () => {
    const before = await holdings(name);
    const again = await deployedWell("page", app("two"));
    expect(again.unchanged).toBe(true);
    expect((await holdings(name)).images).toEqual(before.images);
  });

  it("keeps what volumes and the data directory hold, over Releases", async () => {
    expect((await server.get("page", "/cgi-bin/notes?written")).text).toBe(
      "of-the-image\nwritten\n",
    );
    expect((await server.get("page", "/cgi-bin/data?mine")).text).toBe("mine\n");
    await deployedWell("page", app("three"));
    expect((await server.get("page", "/cgi-bin/notes?again")).text).toBe(
      "again\nof-the-image\nwritten\n",
    );
    expect((await server.get("page", "/cgi-bin/data?mine")).text).toBe("mine\n");
    expect(await readdir(join(server.home, "apps/page/volumes"))).toEqual([
      "data",
      "var+lib+notes",
    ]);
  });

  it("switches without a lost request, ends the old container, and goes back", async () => {
    let failed = 0;
    let asked = 0;
    let done = false;
    const load = (async () => {
      while (!done) {
        const answer = await server.get("page").catch(() => ({ status: 0 }));
        asked++;
        if (answer.status !== 200) failed++;
      }
    })();
    await deployedWell("page", app("four"));
    expect((await server.get("page")).text).toBe("four\n");
    const queued = await server.json<DeploymentSummary>("POST", "/apps/page/rollback", {});
    const back = await server.ended(queued.id);
    expect(back.failure, JSON.stringify(back.failure)).toBeUndefined();
    expect((await server.get("page")).text).toBe("three\n");
    done = true;
    await load;
    expect(asked).toBeGreaterThan(10);
    expect(failed).toBe(0);
    await until(async () => (await containersOf("page")).length === 1);
    const logs = await hop3(server, "logs", "page", "--release", "4");
    expect(logs.stdout + logs.stderr).toContain("asked to stop");
  });

  it.each(["SIGTERM", "SIGKILL"] as const)(
    "starts a new container where its launcher ends by %s",
    async (signal) => {
      const pid = await pidOf("page");
      const [old] = await containersOf("page");
      process.kill(pid, signal);
      await until(async () => {
        const now = await containersOf("page");
        return now.length === 1 && now[0] !== old;
      });
      await until(async () => (await server.get("page")).status === 200);
    },
  );

  it("starts a new container where the old one is killed", async () => {
    const [old] = await containersOf("page");
    await engine(name, "kill", old ?? "");
    await until(async () => {
      const now = await containersOf("page");
      return now.length === 1 && now[0] !== old;
    });
    await until(async () => (await server.get("page")).status === 200);
  });

  it("runs commands, release steps and other workers in the same image", async () => {
    const toml = `[run]
before-run = ["echo prepared > $HOP3_DATA_DIR/prepared"]
[run.workers]
clock = "echo tick of $COLOUR; exec sleep 1000"
`;
    await deployedWell("page", app("five", { "hop3.toml": toml }));
    expect((await server.get("page", "/cgi-bin/data?mine")).text).toBe("mine\nprepared\n");
    const ran = await hop3(
      { home: server.home, stdin: "from outside" },
      "run",
      "--app",
      "page",
      "--",
      "sh",
      "-c",
      "cat; echo; echo $COLOUR; exit 7",
    );
    expect([ran.exitCode, ran.stdout]).toEqual([7, "from outside\ngreen\n"]);
    await until(async () => (await hop3(server, "logs", "page")).stdout.includes("tick of green"));
    await until(async () => (await containersOf("page")).length === 2);
  });

  it("passes PORT where nothing is exposed, and takes the image's user", async () => {
    const dockerfile = `FROM localhost/base:1
COPY . /www
COPY page.html /www/index.html
USER web
CMD ["sh", "/www/start.sh"]
`;
    await deployedWell("plain", app("plain", { Dockerfile: dockerfile }));
    expect((await server.get("plain")).text).toBe("plain\n");
    expect((await server.get("plain", "/cgi-bin/id")).text).toContain(
      "uid=1234(web) gid=1235(web)",
    );
    expect((await server.get("plain", "/cgi-bin/data?mine")).text).toBe("mine\n");
  });

  it("names the step that fails, and leaves nothing of it", async () => {
    const before = await holdings(name);
    const dockerfile = `FROM localhost/base:1\nRUN echo prepared > /tmp/x\nRUN echo looking for it && sh -c "exit 3"\nCMD ["x"]\n`;
    const { failure } = await deploy("broken", { Dockerfile: dockerfile });
    expect(failure).toMatchObject({
      code: "DOCKER_BUILD_FAILED",
      message: 'Dockerfile: RUN echo looking for it && sh -c "exit 3" failed: exit code 3',
      place: { file: "Dockerfile" },
    });
    expect(failure?.detail).toContain("looking for it");
    expect(await holdings(name)).toEqual(before);
  });

  it("leaves nothing of a build that is cancelled", async () => {
    const before = await holdings(name);
    const dockerfile = `FROM localhost/base:1\nRUN echo part > /tmp/part\nRUN echo waiting now; sleep 1000\nCMD ["x"]\n`;
    const deployment = await server.deploy("slow", await tree({ Dockerfile: dockerfile }));
    const log = join(server.home, "apps/slow/releases/1/build.log");
    await until(async () =>
      (await readFile(log, "utf8").catch(() => "")).includes("\nwaiting now"),
    );
    await server.json("POST", `/deployments/${deployment.id}/cancel`, {});
    expect((await server.ended(deployment.id)).failure?.code).toBe("DEPLOY_CANCELLED");
    expect(await holdings(name)).toEqual(before);
  });

  it("leaves nothing of a build that dies with the server", async () => {
    const before = await holdings(name);
    const dockerfile = `FROM localhost/base:1\nRUN echo other > /tmp/part\nRUN echo waiting now; sleep 1000\nCMD ["x"]\n`;
    await server.deploy("slower", await tree({ Dockerfile: dockerfile }));
    const log = join(server.home, "apps/slower/releases/1/build.log");
    await until(async () =>
      (await readFile(log, "utf8").catch(() => "")).includes("\nwaiting now"),
    );
    await server.kill();
    await server.restart();
    await until(async () => JSON.stringify(await holdings(name)) === JSON.stringify(before));
    expect((await server.get("page")).text).toBe("five\n");
  });

  it("removes images and containers with the App", async () => {
    expect(await engine(name, "images", "--format", "{{.Repository}}")).toContain("hop3/plain");
    const destroyed = await hop3(server, "destroy", "plain", "--yes");
    expect(destroyed.exitCode, destroyed.stderr).toBe(0);
    await until(async () => (await containersOf("plain")).length === 0);
    expect(await engine(name, "images", "--format", "{{.Repository}}")).not.toContain("hop3/plain");
  });

  it("shows the engine to the operator", async () => {
    const { stdout } = await hop3(server, "doctor");
    expect(stdout).toContain(name);
  });

  it("refuses a Dockerfile where there is no engine, and says so of a Release that needs it", async () => {
    stopDaemon();
    await removePrograms("docker", "podman");
    const { failure } = await deploy("late", app("late"));
    expect(failure?.code).toBe("DOCKER_NO_ENGINE");
    expect(failure?.message).toContain("podman is not installed; docker is not installed");
    expect(failure?.hint).toContain("hop3 init");
    const queued = await server.json<DeploymentSummary>("POST", "/apps/page/rollback", {});
    const back = await server.ended(queued.id);
    expect(back.failure?.code).toBe("PROCESS_EXITED");
    expect(back.failure?.detail).toContain(
      `/${name} is not there any more: install it again, or deploy again`,
    );
  });
});
