import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  generatePlanned,
  loadConfig,
  makeMemoryTree,
  makePackageLock,
  makePlan,
  readLockfile,
  readPlanFiles,
} from "../../packages/core/src/index.ts";
import { type Figure, makeFigure, median, sample, timeOf } from "./measure.ts";

const runs = 20;
const lockedPackages = 1_500;
const recipes = join(import.meta.dirname, "../../packages/core/test/recipes");

/** Milliseconds, on any machine that runs this at all. */
const most = { one: 30, fleet: 400, lockfile: 150 };
/** Of every size and of most templates; each needs nothing but its own text. */
const fleet = [
  "nodebb",
  "discourse-like",
  "dokuwiki",
  "drupal",
  "ghost",
  "gotify",
  "healthchecks",
  "mattermost",
  "navidrome",
  "openfire",
  "prometheus",
  "traccar",
  "vaultwarden-like",
  "xwiki",
] as const;

/** From the files of a recipe to the text of its hop3.nix, in this process: nothing is started. */
export async function measureGenerate(): Promise<Figure[]> {
  const known = fleet.map((name) => readFileSync(join(recipes, `${name}.toml`), "utf8"));
  const [first = ""] = known;
  const one = median(await sample(runs, () => timeOf(() => generate(first))));
  const all = median(await sample(runs, () => timeOf(() => generateEach(known))));
  const text = makePackageLock(lockedPackages);
  const parse = median(await sample(runs, async () => timeOf(async () => JSON.parse(text))));
  const read = median(
    await sample(runs, async () =>
      timeOf(async () => readLockfile({ file: "package-lock.json", text })),
    ),
  );
  return [
    absolute("plan and generate one recipe", one, most.one),
    absolute(`plan and generate ${fleet.length} recipes`, all, most.fleet),
    absolute(`read a lockfile of ${lockedPackages} packages`, read, most.lockfile),
    makeFigure(
      { figure: "the same against JSON.parse", unit: "ms" },
      { floor: parse, value: read },
      {},
    ),
  ];
}

/** Judged by the value itself: the floor is what it may take. */
function absolute(figure: string, value: number, limit: number): Figure {
  const made = makeFigure({ figure, unit: "ms" }, { floor: limit, value }, { atMost: 1 });
  return { ...made, reach: `<= ${limit} ms` };
}

async function generateEach(texts: readonly string[]): Promise<void> {
  for (const text of texts) await generate(text);
}

async function generate(text: string): Promise<string> {
  const loaded = loadConfig(text);
  const tree = makeMemoryTree({ "hop3.toml": text });
  const files = await readPlanFiles(tree);
  const plan = makePlan({ tree, loaded, ...files });
  return generatePlanned(plan, { tree, loaded, procfile: files.procfile });
}
