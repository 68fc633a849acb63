import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hop3 } from "./support/cli.ts";
import { useTestServer } from "./support/use-test-server.ts";

const examples = join(import.meta.dirname, "../../../examples/plugins");

describe("the example plug-ins, from their tarballs", () => {
  let packed: string;

  const server = useTestServer("plugin-examples");

  beforeAll(async () => {
    packed = await mkdtemp(join(tmpdir(), "hop3-packed-"));
  });

  afterAll(() => rm(packed, { recursive: true, force: true }));

  function pack(name: string): string {
    const made = execFileSync("npm", ["pack", "--json", "--pack-destination", packed], {
      cwd: join(examples, name),
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [{ filename }] = JSON.parse(made) as [{ filename: string }];
    return join(packed, filename);
  }

  const plan = async (name: string) => {
    const { stdout } = await hop3(server, "plan", join(examples, name, "example"), "--json");
    return JSON.parse(stdout) as { builder: string; nix: { template?: string } };
  };

  it("are not known before they are installed", async () => {
    const { exitCode, stderr } = await hop3(server, "plan", join(examples, "perl/example"));
    expect(exitCode).toBe(1);
    expect(stderr).toContain("PLAN_NO_BUILDER");
  });

  it("are installed by hop3 plugins add", async () => {
    for (const name of ["perl", "diagrams"]) {
      const { exitCode, stdout, stderr } = await hop3(server, "plugins", "add", pack(name));
      expect(`${stdout}${stderr}`).toContain(name);
      expect(exitCode).toBe(0);
    }
    const { stdout } = await hop3(server, "plugins", "list", "--json");
    expect(stdout).toContain("hop3-toolchain-perl");
    expect(stdout).toContain("hop3-template-diagrams");
  });

  it("take part in a Plan, without a server's help", async () => {
    expect((await plan("perl")).builder).toBe("local");
    expect((await plan("diagrams")).nix.template).toBe("diagrams");
  });

  it("write an expression that hop3 nix plan shows", async () => {
    const { stdout } = await hop3(server, "nix", "plan", join(examples, "diagrams/example"));
    expect(stdout).toContain("pkgs.graphviz");
    expect(stdout).toContain("dot -Tsvg");
  });

  it("build and run apps after the server's next start", async () => {
    await server.restart();
    const perl = await server.deployed("perl", join(examples, "perl/example"));
    expect(perl.failure).toBeUndefined();
    expect((await server.get("perl")).text).toBe("Hello from Perl, perl\n");
    const diagrams = await server.deployed("diagrams", join(examples, "diagrams/example"));
    expect(diagrams.failure).toBeUndefined();
    expect(diagrams.tier).toBe("source");
    expect((await server.get("diagrams")).text).toContain('href="states.svg"');
    expect((await server.get("diagrams", "/road.svg")).text).toContain("BuildArtifact");
  });

  it("say which file does not compile", async () => {
    const broken = await mkdtemp(join(tmpdir(), "hop3-perl-"));
    execFileSync("sh", ["-c", 'printf "my $x = ;\\n" > "$1/app.pl"', "sh", broken]);
    const { failure } = await server.deployed("broken", broken);
    await rm(broken, { recursive: true, force: true });
    expect(`${failure?.message}\n${failure?.detail}`).toContain("app.pl");
    expect((await server.get("perl")).status).toBe(200);
  });

  it("leave what runs alone when they are removed", async () => {
    const { exitCode, stdout, stderr } = await hop3(
      server,
      "plugins",
      "remove",
      "hop3-toolchain-perl",
    );
    expect(`${stdout}${stderr}`).toContain("perl");
    expect(exitCode).toBe(0);
    await server.restart();
    expect((await server.get("perl")).text).toBe("Hello from Perl, perl\n");
    const refused = await server.deployed("perl", join(examples, "perl/example"), "?force=true");
    expect(refused.failure?.code).toBe("PLAN_NO_BUILDER");
    expect((await server.get("perl")).status).toBe(200);
  });
});
