import type { AppDetail } from "@hop3/core";
import { describe, expect, it } from "vitest";
import { makeTree } from "./support/apps.ts";
import { hop3 } from "./support/cli.ts";
import { useTestServer } from "./support/use-test-server.ts";

/** Shows two of its variables, and what the command before the Release has left. */
const app = {
  "hop3.nix": `{ pkgs }: {
    package = pkgs.runCommand "app" { } ''
      mkdir -p $out/cgi-bin
      cp \${./show} $out/cgi-bin/show; chmod +x $out/cgi-bin/show
    '';
    workers.web = "\${pkgs.busybox}/bin/httpd -f -p $BIND_ADDRESS:$PORT -h .";
    healthcheck.path = "/cgi-bin/show";
  }`,
  show: `#!/bin/sh
printf 'Content-Type: text/plain\\r\\n\\r\\n'
printf '%s %s %s' "$GREETING" "\${#SECRET}" "$(cat "$HOP3_DATA_DIR/seeded")"
`,
  "app.json": `{
  "env": {
    "SECRET": { "generator": "secret" },
    "GREETING": "hello"
  },
  "formation": { "web": { "quantity": 2 } },
  "scripts": { "postdeploy": "echo yes > $HOP3_DATA_DIR/seeded" },
  "addons": ["papertrail"]
}
`,
};

const server = useTestServer("app-json");

describe("an app.json of Heroku", () => {
  it("gives a deploy variables, instances and the command before a Release", async () => {
    const result = await hop3(server, "deploy", await makeTree(app), "--app", "app");
    expect(result.exitCode, result.stderr).toBe(0);
    expect(result.stdout).toContain("app.json:8:14 the addon 'papertrail' is not carried over");
    // A secret of 32 bytes in hex has 64 characters.
    expect((await server.get("app", "/cgi-bin/show")).text).toBe("hello 64 yes");
    const detail = await server.json<AppDetail>("GET", "/apps/app");
    expect(detail.processes).toHaveLength(2);
  });

  it("stops a deploy where it is wrong, with its place", async () => {
    const dir = await makeTree({ ...app, "app.json": '{\n  "env": [],\n}' });
    const result = await hop3(server, "deploy", dir, "--app", "app");
    expect(result.exitCode).not.toBe(0);
    expect(result.stderr + result.stdout).toContain("app.json:3:1");
    expect((await server.get("app", "/cgi-bin/show")).text).toBe("hello 64 yes");
  });
});
