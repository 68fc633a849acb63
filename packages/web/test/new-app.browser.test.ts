import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../../server/src/proc/run.ts";
import { pageApp } from "../../server/test/support/apps.ts";
import { pack } from "../../server/test/support/test-server.ts";
import { look } from "./support/look.ts";
import { password, startWebBed, type WebBed } from "./support/web-bed.ts";

let bed: WebBed;
let page: Page;

beforeAll(async () => {
  bed = await startWebBed("web-new-app");
  page = await bed.openAs("dora", { role: "developer" });
});

afterAll(async () => {
  await bed.stop();
});

const served = () => page.getByText(/^Release \d+ serves users\.$/);

/** Drops a file of this name and content, as a file manager does. */
async function drop(name: string, content: Buffer): Promise<void> {
  const transfer = await page.evaluateHandle(
    ([file, base64]) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const data = new DataTransfer();
      data.items.add(new File([bytes], file));
      return data;
    },
    [name, content.toString("base64")] as const,
  );
  await page
    .getByRole("region", { name: "Upload" })
    .dispatchEvent("drop", { dataTransfer: transfer });
}

describe("an archive", () => {
  it("is dropped, gets a name, and is deployed", async () => {
    await page.goto("/new");
    await drop("My Shop.tar.gz", await pack(await pageApp("from an archive")));
    const name = page.getByLabel("Name of the app");
    await expect.poll(() => name.inputValue()).toBe("my-shop");
    await name.fill("My Shop");
    await expect.poll(() => name.getAttribute("aria-invalid")).toBe("true");
    await name.fill("my-shop");
    expect(await look(page, "new-app-upload")).toEqual([]);
    await page.getByRole("button", { name: "Deploy", exact: true }).click();
    await served().waitFor();
    expect((await bed.server.get("my-shop")).text).toContain("from an archive");
  });

  it("of another kind is refused with a reason", async () => {
    await page.goto("/new");
    await drop("shop.zip", Buffer.from("PK"));
    await page.getByRole("alert").getByText("unpack it, and drop the folder").waitFor();
    expect(await page.getByRole("button", { name: "Deploy", exact: true }).count()).toBe(0);
  });

  it("that leads out of its tree is refused by the server, and makes no app", async () => {
    await page.goto("/new");
    const dir = mkdtempSync("/tmp/hop3-escape-");
    writeFileSync(join(dir, "evil"), "evil");
    const archive = join(dir, "evil.tar.gz");
    const rename = "--transform=s,evil,../../evil,";
    await run({ argv: ["tar", "-C", dir, "-czPf", archive, rename, "evil"] });
    await drop("evil.tar.gz", readFileSync(archive));
    await page.getByRole("button", { name: "Deploy", exact: true }).click();
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("alert").textContent()).toContain("../../evil");
    expect(await look(page, "new-app-refused")).toEqual([]);
  });
});

describe("a hop3.nix", () => {
  it("is told where it is wrong, then what it would build, then runs", async () => {
    await page.goto("/new?way=nix");
    const editor = page.getByLabel("hop3.nix", { exact: true });
    const example = await editor.inputValue();
    await editor.fill(example.replace("pkgs.busybox", "busybox"));
    await page.getByRole("button", { name: "Check" }).click();
    await page.getByText(/^hop3\.nix:5:\d+$/).waitFor();
    expect(await page.locator(".editor li.bad").textContent()).toBe("5");
    expect(await look(page, "new-app-nix-wrong")).toEqual([]);
    await editor.fill(example);
    await page.getByLabel("Name of the app").fill("hello");
    await page.getByRole("button", { name: "Check" }).click();
    await page.getByText("Workers: web.").waitFor();
    expect(await look(page, "new-app-nix")).toEqual([]);
    const text = example.replace("Hello from Nix", "Hello from the page");
    await editor.fill(text);
    await page.getByRole("button", { name: "Deploy", exact: true }).click();
    await served().waitFor();
    expect((await bed.server.get("hello")).text).toContain("Hello from the page");
    await page.goBack();
    await expect.poll(() => editor.inputValue()).toBe(text);
  });

  it("becomes a new version of an app from the app's own page", async () => {
    await page.goto("/apps/hello");
    await page.getByRole("link", { name: "New version" }).click();
    await page.getByRole("heading", { name: "New version of hello" }).waitFor();
    await page.getByRole("link", { name: "Write a hop3.nix" }).click();
    await expect.poll(() => page.getByLabel("Name of the app").inputValue()).toBe("hello");
  });
});

describe("a repository", () => {
  it("is pushed by the commands that the page shows", async () => {
    await page.goto("/new?way=repository");
    await page.getByLabel("Name of the app").fill("pushed");
    await page.getByRole("button", { name: "Show how" }).click();
    const add = await page.getByLabel("Command that adds the remote").inputValue();
    const push = await page.getByLabel("Command that pushes").inputValue();
    await page.getByLabel("Address of the repository").fill("https://127.0.0.1/me/shop.git");
    await page.getByRole("button", { name: "Connect" }).click();
    expect(await page.getByRole("alert").textContent()).toContain("127.0.0.1");
    expect(await look(page, "new-app-repository")).toEqual([]);
    const cwd = await pageApp("from a push");
    const git = (line: string) => run({ argv: ["git", ...line.split(" ")], cwd });
    await git("init -q -b main");
    await git("config user.name Dora");
    await git("config user.email dora@example.org");
    await git("add .");
    await git("commit -q -m <script>alert(3)</script>");
    const url = new URL(add.split(" ").at(-1) ?? "");
    url.username = "dora";
    url.password = password;
    await git(`remote add hop3 ${url.href}`);
    await git(push.replace(/^git /, ""));
    expect((await bed.server.get("pushed")).text).toContain("from a push");
    await page.goto("/apps/pushed/releases");
    await page.getByRole("heading", { name: "Release 1" }).waitFor();
  });
});

describe("the pages", () => {
  it("do nothing that a browser complains about", () => {
    expect(bed.faults).toEqual([]);
  });
});
