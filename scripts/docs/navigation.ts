import { readdirSync } from "node:fs";

export interface NavigationGroup {
  readonly title: string;
  /** Pages below docs/, in the order in which they are read. */
  readonly pages: readonly string[];
}

const groups: readonly NavigationGroup[] = [
  {
    title: "Get started",
    pages: ["index.md", "get-started/developers.md", "get-started/without-a-terminal.md"],
  },
  {
    title: "Languages",
    pages: ["python", "node", "php", "ruby", "java", "go", "static"].map(languagePage),
  },
  {
    title: "Apps",
    pages: [
      "guides/first-app.md",
      "guides/hop3-nix.md",
      "guides/git-push.md",
      "guides/monorepos.md",
      "guides/domains.md",
      "guides/addons.md",
      "guides/previews.md",
      "guides/webhooks.md",
      "guides/lockfiles.md",
      "guides/local-builds.md",
      "guides/docker.md",
      "guides/zero-downtime.md",
      "guides/scaling.md",
    ],
  },
  {
    title: "Operating",
    pages: [
      "guides/server.md",
      "guides/remote.md",
      "guides/accounts.md",
      "guides/catalogue.md",
      "guides/metrics.md",
      "guides/package-sets.md",
      "guides/tiers.md",
      "guides/moving-releases.md",
      "guides/plug-ins.md",
    ],
  },
  {
    title: "Coming from",
    pages: [
      "coming-from/heroku.md",
      "coming-from/dokku.md",
      "coming-from/coolify.md",
      "guides/coming-from.md",
    ],
  },
  {
    title: "Reference",
    pages: [
      "reference/hop3-toml.md",
      "reference/cli.md",
      "reference/api.md",
      "reference/errors.md",
      "reference/security.md",
      "reference/templates.md",
      "reference/plugin-api.md",
    ],
  },
  { title: "How it works", pages: ["how-it-works.md", "benchmarks.md"] },
];

function languagePage(name: string): string {
  return `languages/${name}.md`;
}

const listOfDecisions = "adr/README.md";

/** For those who work on Hop3, not for those who use it. */
const unlisted: readonly string[] = ["STATUS.md"];

/** All pages of the site. Those that no group names yet are guides that somebody has just written. */
export function readNavigation(docs: string): readonly NavigationGroup[] {
  const known = new Set([...groups.flatMap(({ pages }) => pages), ...unlisted]);
  const names = readdirSync(docs, { recursive: true, encoding: "utf8" });
  const files = names.filter((path) => path.endsWith(".md")).sort();
  const present = groups.map(({ title, pages }) => ({
    title,
    pages: pages.filter((page) => files.includes(page)),
  }));
  const adr = files.filter((path) => path.startsWith("adr/") && path !== listOfDecisions);
  const decisions = [listOfDecisions, ...adr];
  const others = files.filter((path) => !known.has(path) && !decisions.includes(path));
  const more = others.length === 0 ? [] : [{ title: "More", pages: others }];
  return [...present, ...more, { title: "Decisions", pages: decisions }].filter(
    ({ pages }) => pages.length > 0,
  );
}
