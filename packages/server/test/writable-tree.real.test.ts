import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { chmod, mkdir, rename, symlink, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { DeploymentSummary } from "@hop3/core";
import { describe, expect, it } from "vitest";
import { openHome } from "../src/home.ts";
import { run } from "../src/proc/run.ts";
import { makeTree } from "./support/apps.ts";
import { useTestServer } from "./support/use-test-server.ts";

const server = useTestServer("tree");

/** An app of which `www` and `settings.ini` are to be writable; its pages are served from the data directory. */
async function deploy(files: Readonly<Record<string, string>>): Promise<DeploymentSummary> {
  const tree = await makeTree({
    "hop3.nix": `{ pkgs }: {
      package = pkgs.runCommand "site" { } "cp -r \${./site} $out";
      writable_tree = [ "www/" "settings.ini" ];
      workers.web = "\${pkgs.busybox}/bin/httpd -f -p $BIND_ADDRESS:$PORT -h $HOP3_DATA_DIR/www";
    }`,
    ...Object.fromEntries(
      Object.entries(files).map(([name, text]) => [`site/${name}`, text] as const),
    ),
  });
  const deployment = await server.deployed("site", tree);
  expect(deployment.failure).toBeUndefined();
  return deployment;
}

function data(path: string): string {
  return join(openHome(server.home, process.env).app("site").data, path);
}

function read(path: string): string {
  return readFileSync(data(path), "utf8");
}

async function warnings(deployment: DeploymentSummary): Promise<string> {
  const { text } = await server.api("GET", `/deployments/${deployment.id}/events`);
  return text
    .split("\n")
    .filter((line) => line.includes('"level":"warning"'))
    .join("\n");
}

describe("writable_tree", () => {
  const files = {
    "www/index.html": "one\n",
    "www/deep/er/page.html": "deep one\n",
    "www/theme.css": "one\n",
    "settings.ini": "one\n",
    "fixed.txt": "not writable\n",
  };

  it("is laid out on the first start, as the app's own", async () => {
    expect(await warnings(await deploy(files))).toBe("");
    expect((await server.get("site")).text).toBe("one\n");
    expect((await server.get("site", "/deep/er/page.html")).text).toBe("deep one\n");
    expect(existsSync(data("fixed.txt"))).toBe(false);
    const owner = statSync(data("")).uid;
    for (const path of ["www", "www/deep", "www/index.html", "settings.ini"]) {
      expect(statSync(data(path)).uid, path).toBe(owner);
      expect(statSync(data(path)).mode & 0o200, path).toBe(0o200);
    }
  });

  it("is upgraded where the app has not changed it, and kept and listed where it has", async () => {
    writeFileSync(data("settings.ini"), "changed by the app\n");
    writeFileSync(data("www/upload.txt"), "made by the app\n");
    await unlink(data("www/theme.css"));
    const deployment = await deploy({
      ...files,
      "www/index.html": "two\n",
      "www/theme.css": "two\n",
      "www/upload.txt": "shipped now\n",
      "www/new.html": "new\n",
      "settings.ini": "two\n",
    });
    expect((await server.get("site")).text).toBe("two\n");
    expect(read("www/new.html")).toBe("new\n");
    expect(read("www/theme.css")).toBe("two\n");
    expect(read("settings.ini")).toBe("changed by the app\n");
    expect(read("www/upload.txt")).toBe("made by the app\n");
    expect(await warnings(deployment)).toMatch(/Kept 2 .*: settings\.ini, www\/upload\.txt/);
  });

  it("follows a rollback in the same way", async () => {
    const rollback = await server.json<{ id: number }>("POST", "/apps/site/rollback", {});
    expect(await server.ended(rollback.id)).toMatchObject({ state: "succeeded" });
    expect((await server.get("site")).text).toBe("one\n");
    expect(read("settings.ini")).toBe("changed by the app\n");
    // Nothing is ever deleted: what only the newer release brought stays.
    expect(read("www/new.html")).toBe("new\n");
  });

  it("is not led out of the data directory by a link that the app has made", async () => {
    const outside = await makeTree({ "index.html": "outside\n" });
    await chmod(outside, 0o777);
    await unlink(data("www/deep/er/page.html"));
    await symlink(join(outside, "index.html"), data("www/deep/er/page.html"));
    await deploy({ ...files, "www/deep/er/page.html": "deep three\n" });
    expect(readFileSync(join(outside, "index.html"), "utf8")).toBe("outside\n");

    await rename(data("www/deep"), data("www/moved"));
    await symlink(outside, data("www/deep"));
    const tree = { ...files, "www/deep/er/page.html": "deep four\n", "www/index.html": "four\n" };
    const deployment = await deploy(tree);
    expect(existsSync(join(outside, "er"))).toBe(false);
    expect(readFileSync(join(outside, "index.html"), "utf8")).toBe("outside\n");
    expect(await warnings(deployment)).toMatch(/Kept .*www\/deep\/er\/page\.html/);
    expect((await server.get("site")).text).toBe("four\n");
  });

  it("keeps what the app has put in the place of a file", async () => {
    await unlink(data("www/theme.css"));
    await mkdir(data("www/theme.css"));
    await unlink(data("www/new.html"));
    expect((await run({ argv: ["mkfifo", data("www/new.html")] })).exitCode).toBe(0);
    const deployment = await deploy({ ...files, "www/new.html": "5\n", "www/index.html": "5\n" });
    expect(await warnings(deployment)).toMatch(/www\/new\.html.*www\/theme\.css/);
    expect((await server.get("site")).text).toBe("5\n");
  });

  it("does not read the host's files through a link of the package", async () => {
    const tree = await makeTree({
      "hop3.nix": `{ pkgs }: {
        package = pkgs.runCommand "link" { } "mkdir $out; ln -s /etc $out/link";
        writable_tree = [ "link/passwd" ];
        workers.web = "\${pkgs.busybox}/bin/httpd -f -p $BIND_ADDRESS:$PORT";
      }`,
    });
    const failed = await server.deployed("site", tree);
    expect(failed.failure).toMatchObject({ code: "WRITABLE_TREE_MISSING" });
    expect(existsSync(data("link"))).toBe(false);
    expect((await server.get("site")).text).toBe("5\n");
  });
});
