import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { failedStep } from "./build-image.ts";
import { workingContainers } from "./clean-up.ts";
import { makeContainer } from "./container-runtime.ts";
import type { ImageConfig } from "./image.ts";
import { labelStages } from "./labelled.ts";
import { resolveOwner } from "./owner.ts";

function container(config: ImageConfig, workers = {}) {
  return makeContainer({
    file: "Dockerfile",
    config,
    overrides: { workers, beforeRun: undefined },
    launcher: "/launch",
  });
}

const second = 1e9;

describe("makeContainer", () => {
  it("takes everything of an image that says much", () => {
    const made = container({
      Env: ["PATH=/opt/bin:/bin", "A=b=c", "1X=no"],
      Entrypoint: ["/entry"],
      Cmd: ["serve", "a b"],
      WorkingDir: "/srv",
      ExposedPorts: { "8080/tcp": {}, "53/udp": {} },
      Volumes: { "/var/lib/x/": {}, "/odd,name": {} },
      StopSignal: "3",
      Shell: ["/bin/bash", "-c"],
    });
    expect(made.runtime).toMatchObject({
      env_vars: { PATH: "/opt/bin:/bin", A: "b=c" },
      path_prepend: ["/opt/bin", "/bin"],
      working_dir: "/srv",
      shell: "/bin/bash",
      launcher: "/launch",
      workers: { web: { command: ["/entry", "serve", "a b"], stop_signal: "QUIT" } },
      healthcheck: { start_period: 60 },
    });
    expect(made.runtime.env_vars).not.toHaveProperty("1X");
    expect([made.port, made.volumes]).toEqual([8080, ["/data", "/var/lib/x"]]);
    expect(made.warnings).toEqual([expect.stringContaining("VOLUME /odd,name")]);
  });

  it("takes an image that says nothing but what to run", () => {
    const made = container({ Cmd: ["x"], User: null, Env: null, WorkingDir: "" });
    expect(made).toMatchObject({
      runtime: { working_dir: "/", shell: "/bin/sh", workers: { web: { command: ["x"] } } },
      port: undefined,
      volumes: ["/data"],
      warnings: [],
    });
  });

  it("replaces the image's command by what hop3.toml and Procfile say", () => {
    const { runtime } = container(
      { Entrypoint: ["/entry"] },
      { web: { command: "other" }, bg: { command: ["bg"] } },
    );
    expect(runtime.workers).toMatchObject({ web: { command: "other" }, bg: { command: ["bg"] } });
  });

  it("refuses an image that says nothing to run", () => {
    expect(() => container({})).toThrow("nothing says what to run");
    expect(container({}, { web: { command: "x" } }).runtime.workers).toHaveProperty("web");
  });

  it.each<[config: ImageConfig, port: number, warned: boolean]>([
    [{ ExposedPorts: { "9000/tcp": {}, "80/tcp": {} } }, 80, true],
    [{ ExposedPorts: { "80": {}, "3000/tcp": {} }, Env: ["PORT=3000"] }, 3000, false],
  ])("chooses of several ports the lowest, or that of ENV PORT: %j", (config, port, warned) => {
    const made = container({ ...config, Cmd: ["x"] });
    expect([made.port, made.warnings.length > 0]).toEqual([port, warned]);
  });

  const times = { Interval: 2 * second, Timeout: second, StartPeriod: 5 * second, Retries: 4 };
  it.each<[Healthcheck: ImageConfig["Healthcheck"], healthcheck: object]>([
    [{ Test: ["NONE"] }, { start_period: 60 }],
    [
      { Test: ["CMD-SHELL", "curl -f http://localhost/up || exit 1"] },
      { path: "/up", timeout: 30, start_period: 90, retries: 1 },
    ],
    [
      { Test: ["CMD", "wget", "http://127.0.0.1:8080/"], ...times },
      { path: "/", timeout: 1, start_period: 13, retries: 1 },
    ],
    [{ Test: ["CMD", "pg_isready"] }, { start_period: 60 }],
  ])("waits as long as the engine would: %j", (Healthcheck, healthcheck) => {
    const made = container({ Cmd: ["x"], Healthcheck });
    expect(made.runtime.healthcheck).toEqual(healthcheck);
    const isRun = "path" in healthcheck || Healthcheck?.Test?.[0] === "NONE";
    expect(made.warnings.length > 0).toBe(!isRun);
  });

  it("warns of a signal that is not sent", () => {
    const made = container({ Cmd: ["x"], StopSignal: "SIGRTMIN+3" });
    expect(made.runtime.workers["web"]?.stop_signal).toBeUndefined();
    expect(made.warnings[0]).toContain("SIGRTMIN+3");
  });
});

describe("labelStages", () => {
  it.each([
    ["FROM a\nRUN x\n", "FROM a\nLABEL l=1\nRUN x\n"],
    ["FROM a AS b\n\n# why\nFROM b\n", "FROM a AS b\n\n# why\nLABEL l=1\nFROM b\n\nLABEL l=1\n"],
    ["FROM a", "FROM a\nLABEL l=1\n"],
    ["ARG V=1\nFROM a:$V \\\n  AS b\nCMD x\n", "ARG V=1\nFROM a:$V \\\n  AS b\nLABEL l=1\nCMD x\n"],
    ["FROM a\nRUN <<E\nFROM b\nE\nCMD x\n", "FROM a\nLABEL l=1\nRUN <<E\nFROM b\nE\nCMD x\n"],
    ["FROM a\nWHAT is this\n", "FROM a\nWHAT is this\n"],
  ])("labels each stage and nothing else: %j", (text, labelled) => {
    expect(labelStages(text, "l=1")).toBe(labelled);
  });

  it("keeps every line of any text", () => {
    const line = fc.constantFrom("FROM a", "FROM a AS b", "RUN x \\", "  y", "# c", "", "CMD z");
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const text = lines.join("\n");
        const kept = labelStages(text, "l=1")
          .split("\n")
          .filter((one) => one !== "LABEL l=1");
        expect(kept.join("\n").trimEnd()).toBe(text.trimEnd());
      }),
    );
  });
});

describe("resolveOwner", () => {
  const accounts = { passwd: "root:x:0:0::/:\nweb:x:12:34::/:\n", group: "web:x:34:\nops:x:56:\n" };
  it.each([
    ["web", "12:34"],
    ["12", "12:34"],
    ["99", "99:0"],
    ["99:7", "99:7"],
    ["web:ops", "12:56"],
    ["nobody", "0:0"],
  ])("%s is %s", (user, owner) => {
    expect(resolveOwner(user, accounts)).toBe(owner);
  });
});

describe("failedStep", () => {
  it.each([
    ["podman", ["STEP 1/2: FROM a", "[2/2] STEP 2/3: RUN false"], "RUN false"],
    ["docker", ["Step 1/2 : FROM a", " ---> 1", "Step 2/2 : RUN false"], "RUN false"],
    ["BuildKit", ["#5 [1/2] FROM a", "#6 [build 2/2] RUN false", "#6 0.1 hello"], "RUN false"],
    ["nothing", ["Error: no such file"], undefined],
  ])("finds the last step of %s", (_name, lines, step) => {
    expect(failedStep(lines)).toBe(step);
  });
});

describe("workingContainers", () => {
  const lines = ["STEP 1/3: FROM node:24", "--> 0123456789a", "--> Using cache abcdef012345"];
  const trace = {
    engine: { kind: "podman", program: "/podman" },
    label: "",
    startedAt: 100_000,
    lines,
  } as const;
  const made = { Image: "other", ImageID: "", Command: ["buildah"], Created: 101 };

  it("finds those of this build alone", () => {
    const containers = [
      { ...made, Id: "base", Image: "docker.io/library/node:24" },
      { ...made, Id: "layer", ImageID: "0123456789abcdef" },
      { ...made, Id: "cached", ImageID: "abcdef0123456789" },
      { ...made, Id: "older", ImageID: "0123456789abcdef", Created: 50 },
      { ...made, Id: "another" },
      { ...made, Id: "running", ImageID: "0123456789abcdef", Command: ["node"] },
    ];
    expect(workingContainers(trace, containers)).toEqual(["base", "layer", "cached"]);
  });
});
