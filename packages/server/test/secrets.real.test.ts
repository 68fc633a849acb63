import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { ConfigResult, ReleaseDetail } from "@hop3/core";
import { afterEach, describe, expect, it } from "vitest";
import { openHome } from "../src/home.ts";
import { run } from "../src/proc/run.ts";
import { makeTree } from "./support/apps.ts";
import { hop3 } from "./support/cli.ts";
import { useTestServer } from "./support/use-test-server.ts";

/** What nobody may find; each is unique, so that nothing else can hold it. */
function secret(name: string): string {
  return `${name}-${Math.random().toString(36).slice(2)}${Math.random().toString(36).slice(2)}`;
}
const first = secret("first");
const second = secret("second");
/** Line breaks, quotes, UTF-8, long: whatever a process may have. */
const odd = `${secret("odd")}\n'"\\$HOME \`id\` ${"é".repeat(5_000)}\n\n`;

/** Answers with a digest of its environment, so that the test knows the values without the page telling them. */
const app = {
  "hop3.nix": `{ pkgs }: {
    package = pkgs.runCommand "app" { } ''
      mkdir -p $out/cgi-bin
      cp \${./digest} $out/cgi-bin/digest; chmod +x $out/cgi-bin/digest
    '';
    before_run = [ "test -n \\"$TOKEN\\"" ];
    workers.web = "\${pkgs.busybox}/bin/httpd -f -p $BIND_ADDRESS:$PORT -h .";
    healthcheck.path = "/cgi-bin/digest";
  }`,
  digest: `#!/bin/sh
printf 'Content-Type: text/plain\\r\\n\\r\\n'
printf '%s' "$TOKEN" | sha256sum | cut -d ' ' -f 1
printf '%s' "$ODD" | sha256sum | cut -d ' ' -f 1
`,
};

const server = useTestServer("secrets");

async function set(...args: readonly string[]): Promise<void> {
  const result = await hop3(server, "config", "set", "--app", "app", ...args);
  expect(result.exitCode, result.stderr).toBe(0);
}

/** From standard input: on the command's own command line a secret would be the user's doing. */
async function setSecret(key: string, value: string): Promise<void> {
  const change = await server.json<ConfigResult>("PATCH", "/apps/app/config", {
    values: { [key]: value },
  });
  if (change.deployment === undefined) return;
  const ended = await server.ended(change.deployment.id);
  expect(ended.failure).toBeUndefined();
}

function digest(text: string): Promise<string> {
  return run({ argv: ["sha256sum"], stdin: text }).then(({ stdout }) => stdout.split(" ")[0] ?? "");
}

async function expectServes(token: string): Promise<void> {
  expect((await server.get("app", "/cgi-bin/digest")).text).toBe(
    `${await digest(token)}\n${await digest(odd)}\n`,
  );
}

function filesBelow(dir: string): string[] {
  if (!statSync(dir).isDirectory()) return [dir];
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Files in which any of the values stands, plain. */
function filesWith(dirs: readonly string[], values: readonly string[]): string[] {
  const needles = values.map((value) => Buffer.from(value.split("\n")[0] ?? value));
  return dirs.flatMap(filesBelow).filter((file) => {
    const bytes = readFileSync(file);
    return needles.some((needle) => bytes.includes(needle));
  });
}

function commandLines(): string {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8");
      } catch {
        return "";
      }
    })
    .join("\n");
}

async function closures(): Promise<string[]> {
  const { releases } = await server.json<{ releases: { number: number }[] }>(
    "GET",
    "/apps/app/releases",
  );
  const details = await Promise.all(
    releases.map(({ number }) => server.json<ReleaseDetail>("GET", `/apps/app/releases/${number}`)),
  );
  const built = details.flatMap(({ artifact }) =>
    artifact === undefined ? [] : [artifact.location, artifact.provenance.drv_path ?? ""],
  );
  const query = await run({ argv: ["nix-store", "--query", "--requisites", ...new Set(built)] });
  const paths = query.stdout.trim().split("\n");
  // What this test made: everything that is named after the app, and its source.
  return paths.filter((path) => /-(?:app|source|digest|hop3-release-app)(?:\.drv)?$/.test(path));
}

describe("values set with hop3 config set", () => {
  it("reach the process and nothing else", async () => {
    await setSecret("TOKEN", first);
    await setSecret("ODD", odd);
    const deployed = await server.deployed("app", await makeTree(app));
    expect(deployed.failure).toBeUndefined();
    await expectServes(first);
    const environment = filesBelow(join(openHome(server.home, process.env).runtimeDir, "env"));
    const holding = environment.filter((file) => readFileSync(file, "utf8").includes(first));
    expect(holding.map((file) => file.split("/").at(-1))).toEqual(["TOKEN"]);
    for (const file of environment) expect(statSync(file).mode & 0o777, file).toBe(0o600);
  });

  it("are replaced, and a rollback runs with the ones of its release", async () => {
    await setSecret("TOKEN", second);
    await expectServes(second);
    const rollback = await server.json<{ id: number }>("POST", "/apps/app/rollback", {});
    expect(await server.ended(rollback.id)).toMatchObject({ state: "succeeded", release: 1 });
    await expectServes(first);
    const restart = await server.json<{ id: number }>("POST", "/apps/app/restart");
    expect(await server.ended(restart.id)).toMatchObject({ state: "succeeded" });
    await expectServes(first);
  });

  it("are in the exact environment of hop3 run, not in its argument list", async () => {
    const script = "tr '\\0' '\\n' < /proc/self/cmdline; printf %s \"$TOKEN\" | sha256sum";
    const result = await hop3(server, "run", "--app", "app", "--", "sh", "-c", script);
    expect(result.stdout, result.stderr).toContain(await digest(first));
    expect(result.stdout).not.toContain(first);
  });

  it("survive a kill of the server", async () => {
    await server.kill();
    await expectServes(first);
    await server.restart();
    await expectServes(first);
  });

  it("are listed by name, and told only to who asks for them", async () => {
    const shown = await hop3(server, "config", "list", "--app", "app", "--json");
    expect(shown.stdout).toContain("TOKEN");
    expect(shown.stdout).not.toContain(second);
    const revealed = await hop3(
      server,
      ...["config", "list", "--app", "app", "--reveal", "--json"],
    );
    expect(revealed.stdout).toContain(second);
  });

  it("are read from standard input, so that they need not stand on a command line", async () => {
    const piped = secret("piped");
    const result = await hop3(
      { home: server.home, stdin: piped },
      ...["config", "set", "PIPED", "--app", "app"],
    );
    expect(result.exitCode, result.stderr).toBe(0);
    expect(`${result.stdout}${result.stderr}`).not.toContain(piped);
    await set("PLAIN=1");
  });

  afterEach(async () => {
    const home = openHome(server.home, process.env);
    const values = [first, second, odd];
    expect(filesWith([server.home], values)).toEqual([]);
    expect(filesWith(await closures(), values)).toEqual([]);
    const cmdlines = commandLines();
    for (const value of values) expect(cmdlines).not.toContain(value.split("\n")[0]);
    const inRuntime = filesWith([home.runtimeDir], values);
    for (const file of inRuntime) expect(file).toContain(`${home.runtimeDir}/env/`);
    expect(home.runtimeIsTmpfs).toBe(true);
  });
});

describe("a message that holds a secret", () => {
  const leaks = secret("leaks");
  const rows: Readonly<Record<string, { nix: string; code: string }>> = {
    "of a worker that crashes": {
      nix: 'workers.web = "echo \\"cannot connect with $TOKEN\\"; exit 3";',
      code: "PROCESS_EXITED",
    },
    "of a release step that fails": {
      nix: 'before_run = [ "echo \\"cannot migrate with $TOKEN\\" >&2; exit 3" ]; workers.web = "sleep 9";',
      code: "RELEASE_STEP_FAILED",
    },
    "of a page that is not healthy": {
      nix: `workers.web = "mkdir -p $TMPDIR/cgi-bin; cp \${./page} $TMPDIR/cgi-bin/page; chmod +x $TMPDIR/cgi-bin/page; exec httpd -f -p $BIND_ADDRESS:$PORT -h $TMPDIR";
        healthcheck = { path = "/cgi-bin/page"; start_period = 0; retries = 1; };`,
      code: "PROBE_UNHEALTHY",
    },
  };

  it.each(Object.entries(rows))("%s is told without it", async (_name, { nix, code }) => {
    await server.json("PATCH", "/apps/leaky/config", { values: { TOKEN: leaks }, apply: false });
    const tree = await makeTree({
      "hop3.nix": `{ pkgs }: { package = pkgs.busybox; ${nix} }`,
      page: "#!/bin/sh\nprintf 'Status: 500 No\\r\\n\\r\\n'\necho no table in $TOKEN\n",
    });
    const failed = await server.deployed("leaky", tree);
    expect(failed.failure, JSON.stringify(failed.failure)).toMatchObject({ code });
    expect(failed.failure?.detail).toContain("[hidden]");
    const { text } = await server.api("GET", `/deployments/${failed.id}/events`);
    const all = [JSON.stringify(failed), text, await server.log()].join("\n");
    expect(all).not.toContain(leaks);
    const answer = await server.api("GET", `/apps/leaky/releases/${failed.release}`);
    expect(answer.text).not.toContain(leaks);
  });
});
