import { type Browser, chromium } from "playwright-core";
import type { BenchContext } from "./figures.ts";
import { type Figure, median, round, sample, timeOf } from "./measure.ts";
import type { Access } from "./platform.ts";

const runs = 5;
const count = 200;
const mostMs = 1_500;
const user = { name: "bench", password: "bench-password", roles: [{ role: "owner" }] };
const executablePath = "/usr/bin/chromium";
const args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];

/** From the address of a page that no browser has seen before to a search among 200 apps that has found one. */
export async function measureWeb({ platform }: BenchContext): Promise<Figure[]> {
  const api = makeApi(await platform.access());
  const names = Array.from({ length: count }, (_, index) => `bench-web-${index + 1}`);
  const makeApp = (name: string) =>
    // Stored values make an app, and nothing has to run for it.
    api.send("PATCH", `/apps/${name}/config`, { values: { A: "1" }, apply: false });
  const browser = await chromium.launch({ executablePath, args });
  try {
    await api.send("POST", "/users", user);
    const cookies = await signIn(browser, api.origin);
    const visit = (found: string) =>
      sample(runs, () => timeVisit(browser, { origin: api.origin, cookies, found }));
    // So few have no search: the first card is what the others are compared with.
    await makeApp(names[0] ?? "");
    const floor = median(await visit(""));
    for (const name of names.slice(1)) await makeApp(name);
    const value = median(await visit(names.at(-1) ?? ""));
    for (const name of names) await api.send("DELETE", `/apps/${name}?keepData=false`);
    return [
      {
        figure: `web page with ${count} apps, opened and searched`,
        unit: "ms",
        floor: round(floor),
        value: round(value),
        ratio: round(value / floor),
        reach: `<= ${mostMs} ms`,
        ok: value <= mostMs,
      },
    ];
  } finally {
    await browser.close();
  }
}

interface Api {
  readonly origin: string;
  send(method: string, path: string, body?: unknown): Promise<void>;
}

function makeApi({ listen, token }: Access): Api {
  const origin = `http://${listen}`;
  return {
    origin,
    async send(method, path, body) {
      const answer = await fetch(`${origin}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
      await answer.body?.cancel();
    },
  };
}

type Cookies = Parameters<Awaited<ReturnType<Browser["newContext"]>>["addCookies"]>[0];

async function signIn(browser: Browser, origin: string): Promise<Cookies> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(origin);
  await page.getByLabel("Name").fill(user.name);
  await page.getByLabel("Password").fill(user.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("heading", { name: "No apps yet" }).waitFor();
  const cookies = await context.cookies();
  await context.close();
  return cookies;
}

interface Visit {
  readonly origin: string;
  readonly cookies: Cookies;
  /** What is searched for; nothing where it is empty. */
  readonly found: string;
}

/** In a window without anything in its cache. */
async function timeVisit(browser: Browser, { origin, cookies, found }: Visit): Promise<number> {
  const context = await browser.newContext();
  await context.addCookies(cookies);
  const page = await context.newPage();
  const cards = page.getByRole("article");
  const time = await timeOf(async () => {
    await page.goto(origin, { waitUntil: "commit" });
    await cards.first().waitFor();
    if (found === "") return;
    await page.getByLabel("Search apps").fill(found);
    await page.getByText("1 app", { exact: true }).waitFor();
  });
  await context.close();
  return time;
}
