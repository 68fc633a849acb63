import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import axe from "axe-core";
import type { Page } from "playwright-core";

/** Kept after the tests: what a reviewer looks at. Git knows nothing of it. */
export const screenshotDir = join(import.meta.dirname, "../../dist/screenshots");

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string | null;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

/** What axe calls serious or critical, each as one line with the element that it is about. */
async function scan(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResult>(
    "axe.run(document, { resultTypes: ['violations'] })",
  );
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary = "" }) => `${id}: ${html}\n${failureSummary}`),
    );
}

/** Colours differ by scheme and sizes by width: the other two pairs would bring nothing new. */
const views = [
  { width: 1280, height: 900, scheme: "light" },
  { width: 390, height: 844, scheme: "dark" },
] as const;

/**
 * Looks at the page as it stands, wide and light, then narrow and dark: keeps a screenshot of each, and answers what is wrong
 * for people who read it by other means, or would have to scroll it sideways.
 */
export async function look(page: Page, name: string): Promise<string[]> {
  await mkdir(screenshotDir, { recursive: true });
  const before = page.viewportSize() ?? views[0];
  const found: string[] = [];
  for (const { width, height, scheme } of views) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    const view = `${name}-${width}-${scheme}`;
    await page.screenshot({ path: join(screenshotDir, `${view}.png`), fullPage: true });
    const beyond = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    if (beyond > 0) found.push(`${view}: ${beyond} px are beyond the window`);
    found.push(...(await scan(page)).map((line) => `${view}: ${line}`));
  }
  await page.setViewportSize(before);
  await page.emulateMedia({ colorScheme: "light" });
  return found;
}
