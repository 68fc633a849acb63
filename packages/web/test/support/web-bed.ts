import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Role } from "@hop3/core";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import {
  destroyHome,
  makeTestHome,
  startTestServer,
  type TestServer,
} from "../../../server/test/support/test-server.ts";

export const password = "correct horse battery";

export interface ViewOptions {
  readonly width?: number;
  readonly scheme?: "light" | "dark";
}

/** A whole server with its page, and the distribution's browser. */
export interface WebBed {
  readonly server: TestServer;
  /** Where the page is. */
  readonly origin: string;
  /** What no page may do: throw, break the content policy, open a dialog. */
  readonly faults: string[];
  /** The link that the server has printed for its first account. */
  firstLink(): Promise<string>;
  /** A window with cookies of its own. */
  open(options?: ViewOptions): Promise<Page>;
  /** A window of a user of this name and role, who is made where there is none yet. */
  openAs(name: string, role: BedRole, options?: ViewOptions): Promise<Page>;
  stop(): Promise<void>;
}

export interface BedRole {
  readonly role: Role;
  readonly app?: string;
}

const executablePath = "/usr/bin/chromium";
const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-dev-shm-usage",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
/** Patience for a machine that does other things as well; nothing waits this long when all is well. */
const patienceMs = 30_000;

/** `settings` is the text of server.toml. */
export async function startWebBed(name: string, settings = ""): Promise<WebBed> {
  const page = join(import.meta.dirname, "../../dist/page/index.html");
  if (!existsSync(page)) throw new Error(`${page} is missing: npm run build`);
  if (!existsSync(executablePath)) {
    throw new Error(`${executablePath} is missing: apt-get install chromium`);
  }
  const home = await makeTestHome(name);
  await writeFile(join(home, "server.toml"), settings);
  const server = await startTestServer({ home });
  const browser = await chromium.launch({ executablePath, args });
  return makeBed(server, browser);
}

function makeBed(server: TestServer, browser: Browser): WebBed {
  const origin = `http://127.0.0.1:${server.apiPort}`;
  const faults: string[] = [];
  const contexts = new Map<string, BrowserContext>();
  const openContext = async ({ width = 1280, scheme = "light" }: ViewOptions = {}) => {
    const height = width < 600 ? 844 : 900;
    const context = await browser.newContext({
      baseURL: origin,
      viewport: { width, height },
      colorScheme: scheme,
    });
    context.setDefaultTimeout(patienceMs);
    context.on("page", (page) => watch(page, faults));
    return context;
  };
  return {
    server,
    origin,
    faults,
    async firstLink() {
      const link = /http:\S+\/welcome#\S+/.exec(await server.log())?.[0];
      if (link === undefined) throw new Error(`no link in: ${await server.log()}`);
      return link;
    },
    open: async (options) => (await openContext(options)).newPage(),
    async openAs(name, role, options) {
      const known = contexts.get(name);
      if (known !== undefined) return known.newPage();
      const roles = [role];
      await server.json("POST", "/users", { name, password, roles });
      const context = await openContext(options);
      contexts.set(name, context);
      const page = await context.newPage();
      await signIn(page, name);
      return page;
    },
    async stop() {
      await browser.close();
      await server.stop();
      await destroyHome(server.home);
    },
  };
}

function watch(page: Page, faults: string[]): void {
  page.on("pageerror", (error) => faults.push(`${page.url()}: ${error.stack ?? error.message}`));
  page.on("console", (message) => {
    // What the server refuses is an answer like others, which the page shows.
    if (message.type() !== "error" || message.text().startsWith("Failed to load resource")) return;
    faults.push(`${page.url()}: ${message.text()}`);
  });
  page.on("dialog", (dialog) => {
    faults.push(`${page.url()}: dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
}

/** As anybody does. */
export async function signIn(page: Page, name: string): Promise<void> {
  await page.goto("/");
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("link", { name: "Hop3", exact: true }).waitFor();
}

/** Waits until what the page asked for has arrived. */
export async function settled(page: Page): Promise<void> {
  await page.getByRole("main").waitFor();
  const loading = page.getByText("Loading…");
  while ((await loading.count()) > 0) await loading.first().waitFor({ state: "detached" });
}
